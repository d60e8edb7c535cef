// When the end of the machine is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { endingWarning } from '../../../../web/src/page/ending-warning.js';

test('it is told 15 and 5 minutes before, and not earlier', () => {
  const warnings = [240, 15.1, 15, 5.1, 5, 0, -3].map((left) => endingWarning(left).warning);
  assert.deepEqual(warnings, [Infinity, Infinity, 15, 15, 5, 5, 5]);
});

test('the next look is no later than the next warning, and minutes go down while one stands', () => {
  assert.equal(endingWarning(240).next, 60);
  assert.equal(endingWarning(40).next, 25);
  assert.equal(endingWarning(14).next, 1);
  assert.ok(Math.abs(endingWarning(5.5).next - 0.5) < 1e-9);
  assert.equal(endingWarning(0).next, 0.1);
});
