// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { Sharpness } from '../../../../web/src/picture/sharpness.js' */

import { blockSide } from '../../../../web/src/picture/sharpness.js';

const RATIOS = [0.8, 1, 1.100000023841858, 1.25, 1.5, 2, 2.625, 2.9999998, 3];

/**
 * @param {Sharpness} sharpness
 * @param {number} ratio
 */
function side(sharpness, ratio, { scale = /** @type {number | null} */ (1), asks = true, gpu = false } = {}) {
  return blockSide(sharpness, { ratio, scale, asks, gpu });
}

test('without a GPU a pixel of the desktop is the largest block that is no larger than a CSS pixel', () => {
  assert.deepEqual(RATIOS.map((ratio) => side('auto', ratio)), [1, 1, 1, 1, 1, 2, 2, 3, 3]);
});

test('with a GPU it is one pixel of the screen', () => {
  for (const ratio of RATIOS) assert.equal(side('auto', ratio, { gpu: true }), 1);
});

test('the user may have the finest, or one for each CSS pixel', () => {
  for (const ratio of RATIOS) {
    assert.equal(side('device', ratio, { scale: null }), 1);
    assert.equal(side('css', ratio, { gpu: true }), ratio);
  }
});

test('programs that cannot be told a scale keep their size', () => {
  assert.equal(side('auto', 1.25, { scale: null }), 1.25);
  assert.equal(side('auto', 2, { scale: null, gpu: true }), 2);
});

test('who does not ask for a size draws the blocks that suit the scale that programs have', () => {
  assert.equal(side('auto', 2, { asks: false }), 2);
  assert.equal(side('auto', 2, { asks: false, scale: 2, gpu: true }), 1);
  assert.equal(side('auto', 3, { asks: false, scale: 1.5 }), 2);
  assert.equal(side('auto', 1, { asks: false, scale: 2 }), 1);
  assert.equal(side('auto', 2.5, { asks: false, scale: null }), 2);
});
