// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ViewportDrag } from '../../../../web/src/novnc/viewport-drag.js';

test('a drag moves the view, and clicks nothing', () => {
  const drag = new ViewportDrag();
  assert.equal(drag.press({ x: 100, y: 100 }, 1), 0);
  assert.deepEqual(drag.move({ x: 95, y: 100 }), { x: 0, y: 0 });
  assert.deepEqual(drag.move({ x: 80, y: 110 }), { x: 20, y: -10 });
  assert.deepEqual(drag.move({ x: 79, y: 110 }), { x: 1, y: 0 });
  assert.equal(drag.running, true);
  assert.equal(drag.press({ x: 79, y: 110 }, 0), 0);
  assert.equal(drag.running, false);
});

test('a press that goes nowhere is a click of its button', () => {
  const drag = new ViewportDrag();
  drag.press({ x: 100, y: 100 }, 2);
  drag.move({ x: 103, y: 100 });
  assert.equal(drag.press({ x: 103, y: 100 }, 0), 2);
});
