// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { overlap, sameSize } from '../../../web/src/geometry.js';

test('sizes are equal in both sides, and never equal to none', () => {
  assert.equal(sameSize({ width: 3, height: 4 }, { width: 3, height: 4 }), true);
  assert.equal(sameSize({ width: 3, height: 4 }, { width: 4, height: 3 }), false);
  assert.equal(sameSize({ width: 3, height: 4 }, { width: 3, height: 5 }), false);
  assert.equal(sameSize({ width: 3, height: 4 }, null), false);
});

test('areas have those pixels in common that are in both', () => {
  const area = { x: 10, y: 10, width: 20, height: 10 };
  assert.equal(overlap(area, area), 200);
  assert.equal(overlap(area, { x: 0, y: 0, width: 100, height: 100 }), 200);
  assert.equal(overlap(area, { x: 29, y: 19, width: 5, height: 5 }), 1);
  assert.equal(overlap(area, { x: 30, y: 10, width: 5, height: 5 }), 0, 'side by side');
  assert.equal(overlap(area, { x: 40, y: 40, width: 5, height: 5 }), 0, 'apart in both directions');
});
