// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Emitter } from '../../../../web/src/emitter.js';
import { MotionSwitch } from '../../../../web/src/page/motion-switch.js';

/** @extends {Emitter<{smooth: boolean}>} */
class Bar extends Emitter {
  /** @type {boolean | null} */
  smooth = null;

  /** @param {boolean} smooth */
  press(smooth) {
    this.emit('smooth', smooth);
  }
}

/** @param {'smooth' | 'exact'} mode */
function companion(mode) {
  const motion = { mode, exact: true, divisor: 1, exact_seconds: null };
  return { napari: '0.9.2', ready: true, renderer: null, saved: null, motion };
}

test('who may choose sees what the companion tells, and sets it', () => {
  const bar = new Bar();
  /** @type {boolean[]} */
  const set = [];
  const setMotion = (/** @type {boolean} */ smooth) => Promise.resolve(void set.push(smooth));
  const motion = new MotionSwitch(bar, { setMotion }, (error) => assert.fail(String(error)));
  motion.companion = companion('exact');
  assert.equal(bar.smooth, null, 'nobody may choose yet');
  motion.allowed = true;
  assert.equal(bar.smooth, false);
  bar.press(true);
  assert.deepEqual(set, [true]);
  motion.companion = companion('smooth');
  assert.equal(bar.smooth, true);
  motion.companion = null;
  assert.equal(bar.smooth, null);
});

test('what could not be set is said, and the switch is back', async () => {
  const bar = new Bar();
  const refusal = new Error('no');
  /** @type {unknown} */
  const told = await new Promise((resolve) => {
    const motion = new MotionSwitch(bar, { setMotion: () => Promise.reject(refusal) }, resolve);
    motion.companion = companion('smooth');
    motion.allowed = true;
    bar.smooth = false;
    bar.press(false);
  });
  assert.equal(told, refusal);
  assert.equal(bar.smooth, true);
});
