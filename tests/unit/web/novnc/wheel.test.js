// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Wheel, buttonsOf } from '../../../../web/src/novnc/wheel.js';

/** @param {Partial<WheelEvent & {wheelDeltaX: number, wheelDeltaY: number}>} event */
const scroll = (event) => ({ deltaX: 0, deltaY: 0, deltaMode: 0, shiftKey: false, ...event });

/** @param {...Parameters<typeof scroll>[0]} events */
function turn(...events) {
  const wheel = new Wheel();
  return events.map((event) => wheel.turn(scroll(event)));
}

const notches = [
  { browser: 'Chromium on Linux', deltaY: 120, wheelDeltaY: -120 },
  { browser: 'Chromium on Windows', deltaY: 100, wheelDeltaY: -120 },
  { browser: 'Chromium at a zoom of 125 %', deltaY: 80, wheelDeltaY: -120 },
  { browser: 'Chromium on Windows at a zoom of 500 %', deltaY: 20, wheelDeltaY: -120 },
  { browser: 'Firefox on Linux', deltaY: 114, wheelDeltaY: -120 },
  { browser: 'Firefox where it counts in lines', deltaY: 3, deltaMode: 1, wheelDeltaY: -144 },
  { browser: 'Firefox where a click is a page', deltaY: 1, deltaMode: 2, wheelDeltaY: -120 },
  { browser: 'WebKit on Linux', deltaY: 86, wheelDeltaY: -120 },
];

for (const { browser, ...event } of notches) {
  test(`a click of a wheel is one, five are five: ${browser}`, () => {
    const clicks = turn(...new Array(5).fill(event));
    assert.deepEqual(clicks, new Array(5).fill({ x: 0, y: 1 }));
  });
}

test('a click of a wheel to the side is one, however few pixels a browser makes of it', () => {
  assert.deepEqual(turn({ deltaX: 20, wheelDeltaX: -120 }), [{ x: 1, y: 0 }]);
});

test('a wheel that turns in parts of a click turns as far as it does for a local program', () => {
  const clicks = turn(...new Array(8).fill({ deltaY: 12.5, wheelDeltaY: -15 }));
  assert.equal(
    clicks.reduce((sum, { y }) => sum + y, 0),
    1,
  );
});

test('two clicks that come as one are two', () => {
  assert.deepEqual(turn({ deltaY: -240, wheelDeltaY: 240 }), [{ x: 0, y: -2 }]);
});

test('a long scroll is as many clicks as it is long', () => {
  assert.deepEqual(turn({ deltaY: 960, wheelDeltaY: -120 }, { deltaY: -960 }), [
    { x: 0, y: 16 },
    { x: 0, y: -16 },
  ]);
  assert.deepEqual(turn({ deltaY: 30, deltaMode: 1 }), [{ x: 0, y: 10 }]);
});

test('what a trackpad scrolls adds up, to the side too', () => {
  const clicks = turn(...new Array(30).fill({ deltaY: 6, deltaX: -12, wheelDeltaY: -18, wheelDeltaX: 36 }));
  assert.equal(
    clicks.reduce((sum, { y }) => sum + y, 0),
    3,
  );
  assert.equal(
    clicks.reduce((sum, { x }) => sum + x, 0),
    -6,
  );
});

test('who turns back is followed at once', () => {
  assert.deepEqual(turn({ deltaY: 59 }, { deltaY: -60 }), [
    { x: 0, y: 0 },
    { x: 0, y: -1 },
  ]);
});

test('Shift with the wheel of a Mac is Shift with the wheel', () => {
  assert.deepEqual(turn({ deltaX: 120, shiftKey: true }), [{ x: 0, y: 2 }]);
  assert.deepEqual(turn({ deltaX: 120 }), [{ x: 2, y: 0 }]);
});

test('a pinch to twice the size is as many clicks as zoom napari to twice the size', () => {
  const wheel = new Wheel();
  const clicks = new Array(40).fill(2 ** (1 / 20)).map((ratio) => wheel.pinch(ratio).y);
  const zoom = 1.007 ** (-30 * clicks.reduce((sum, y) => sum + y, 0));
  assert.ok(zoom > 4 / 1.3 && zoom <= 4, `${zoom}`);
});

test('a pinch is told from a wheel that turns while Control is held', () => {
  const wheel = new Wheel();
  assert.ok(wheel.isPinch(scroll({ deltaY: 2.5, wheelDeltaY: -120 })));
  assert.ok(wheel.isPinch(scroll({ deltaY: 2.5, wheelDeltaY: -7 })));
  assert.ok(wheel.isPinch(scroll({ deltaY: -1.2 })));
  for (const click of notches.slice(0, 2)) assert.ok(!wheel.isPinch(scroll(click)));
});

test('each click is a press of a button', () => {
  assert.deepEqual(buttonsOf({ x: 0, y: -2 }), [8, 8]);
  assert.deepEqual(buttonsOf({ x: -1, y: 1 }), [16, 32]);
  assert.deepEqual(buttonsOf({ x: 1, y: 0 }), [64]);
});
