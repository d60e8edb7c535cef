// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { ResizeMode } from '../../../../web/src/picture/placement.js' */

import { fillingSize, place } from '../../../../web/src/picture/placement.js';

const WINDOW = { width: 1000, height: 600 };

/**
 * @param {ResizeMode} mode
 * @param {number} width - of the picture
 * @param {number} height
 */
function at(mode, width, height, { block = 1, following = false } = {}) {
  return place({ mode, picture: { width, height }, box: WINDOW, block, following });
}

test('a picture of the window’s size fills it in every mode', () => {
  for (const mode of /** @type {ResizeMode[]} */ (['remote', 'scale', 'off'])) {
    assert.deepEqual(at(mode, 1000, 600), { scale: 1, left: 0, top: 0 });
  }
});

test('a smaller picture is centred at its own size, and only scaled up where that is asked for', () => {
  assert.deepEqual(at('remote', 500, 300), { scale: 1, left: 250, top: 150 });
  assert.deepEqual(at('off', 500, 300), { scale: 1, left: 250, top: 150 });
  assert.deepEqual(at('scale', 500, 300), { scale: 2, left: 0, top: 0 });
});

test('a larger picture is scaled down as a whole, and cut off where that is asked for', () => {
  assert.deepEqual(at('remote', 2000, 600), { scale: 0.5, left: 0, top: 150 });
  assert.deepEqual(at('scale', 2000, 600), { scale: 0.5, left: 0, top: 150 });
  assert.deepEqual(at('off', 2000, 600), { scale: 1, left: 0, top: 0 });
});

test('while the desktop is about to take the window’s size nothing moves', () => {
  assert.deepEqual(at('remote', 2000, 300, { following: true }), { scale: 1, left: 0, top: 0 });
  assert.deepEqual(at('scale', 2000, 600, { following: true }), { scale: 0.5, left: 0, top: 150 });
});

test('a pixel of the framebuffer may be a block of the screen’s', () => {
  assert.deepEqual(at('remote', 500, 300, { block: 2 }), { scale: 2, left: 0, top: 0 });
  assert.deepEqual(at('off', 200, 100, { block: 3 }), { scale: 3, left: 200, top: 150 });
});

test('margins are whole pixels of the screen', () => {
  assert.equal(at('remote', 999, 600).left, 0);
  assert.equal(at('remote', 997, 600).left, 1);
});

test('a desktop that fills a window has whole pixels within the limits', () => {
  assert.deepEqual(fillingSize({ width: 1280, height: 719 }, 1), { width: 1280, height: 719 });
  assert.deepEqual(fillingSize({ width: 1281, height: 719 }, 2), { width: 640, height: 359 });
  assert.deepEqual(fillingSize({ width: 2112, height: 660 }, 1.1), { width: 1920, height: 600 }, 'rounding is undone');
  assert.deepEqual(fillingSize({ width: 10, height: 20_000 }, 1), { width: 64, height: 8192 });
  assert.equal(fillingSize({ width: 0, height: 600 }, 1), null);
});
