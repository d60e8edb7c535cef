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
  { browser: 'Firefox', deltaY: 3, deltaMode: 1, wheelDeltaY: -144 },
];

for (const { browser, ...event } of notches) {
  test(`a click of a wheel is one, five are five: ${browser}`, () => {
    const clicks = turn(...new Array(5).fill(event));
    assert.deepEqual(clicks, new Array(5).fill({ x: 0, y: 1 }));
  });
}

test('two clicks that come as one are two', () => {
  assert.deepEqual(turn({ deltaY: -240, wheelDeltaY: 240 }), [{ x: 0, y: -2 }]);
});

test('a long scroll is as many clicks as it is long', () => {
  assert.deepEqual(turn({ deltaY: 1000, wheelDeltaY: -120 }, { deltaY: -1000 }), [
    { x: 0, y: 20 },
    { x: 0, y: -20 },
  ]);
  assert.deepEqual(turn({ deltaY: 30, deltaMode: 1 }), [{ x: 0, y: 10 }]);
});

test('what a trackpad scrolls adds up, to the side too', () => {
  const clicks = turn(...new Array(30).fill({ deltaY: 5, deltaX: -10, wheelDeltaY: -15, wheelDeltaX: 30 }));
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
  assert.deepEqual(turn({ deltaY: 49 }, { deltaY: -50 }), [
    { x: 0, y: 0 },
    { x: 0, y: -1 },
  ]);
});

test('Shift with the wheel of a Mac is Shift with the wheel', () => {
  assert.deepEqual(turn({ deltaX: 100, shiftKey: true }), [{ x: 0, y: 2 }]);
  assert.deepEqual(turn({ deltaX: 100 }), [{ x: 2, y: 0 }]);
});

test('each click is a press of a button', () => {
  assert.deepEqual(buttonsOf({ x: 0, y: -2 }), [8, 8]);
  assert.deepEqual(buttonsOf({ x: -1, y: 1 }), [16, 32]);
  assert.deepEqual(buttonsOf({ x: 1, y: 0 }), [64]);
});
