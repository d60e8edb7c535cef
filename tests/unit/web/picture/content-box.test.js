// @ts-check
// When the box that the picture goes in is measured anew. The browser's part is played by what it would tell.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { ContentBox } from '../../../../web/src/picture/content-box.js';

/** @type {any} */
const world = globalThis;
const element = /** @type {HTMLElement} */ ({ getBoundingClientRect: () => ({ width: 800, height: 600 }) });
/** @type {Map<string, EventTarget>} */
const screens = new Map();

/** @param {number} ratio - of the screen that the window is on now */
function move(ratio) {
  const before = screens.get(`(resolution: ${world.window.devicePixelRatio}dppx)`);
  world.window.devicePixelRatio = ratio;
  before?.dispatchEvent(new Event('change'));
}

beforeEach(() => {
  screens.clear();
  world.window = { devicePixelRatio: 2 };
  // As in Safari, which knows CSS pixels only, and of those there are as many as before.
  world.ResizeObserver = class {
    observe() {}
    disconnect() {}
  };
  world.matchMedia = (/** @type {string} */ query) => {
    screens.set(query, screens.get(query) ?? new EventTarget());
    return screens.get(query);
  };
});

afterEach(() => {
  for (const name of ['window', 'ResizeObserver', 'matchMedia']) delete world[name];
});

test('a window that comes to a screen of another ratio is measured anew, each time', () => {
  const box = new ContentBox(element);
  /** @type {unknown[]} */
  const sizes = [];
  box.on('changed', () => sizes.push(box.size));
  move(1);
  move(2);
  assert.deepEqual(sizes, [
    { width: 800, height: 600 },
    { width: 1600, height: 1200 },
  ]);
  box.stop();
  move(1);
  assert.equal(sizes.length, 2);
});
