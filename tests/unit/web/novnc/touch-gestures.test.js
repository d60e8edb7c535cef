// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TouchGestures } from '../../../../web/src/novnc/touch-gestures.js';
import { stopTime } from '../clock.js';

/** @import { TestContext } from 'node:test' */

const [LEFT, RIGHT, MIDDLE] = [1, 2, 4];

/** @param {TestContext} t */
function begin(t) {
  const pass = stopTime(t);
  const touch = new TouchGestures();
  /** @type {unknown[]} */
  const told = [];
  touch.on('point', ({ x, y, buttons }) => told.push([x, y, buttons]));
  touch.on('scroll', ({ at, deltaX, deltaY }) => told.push({ at, deltaX, deltaY }));
  touch.on('pinch', ({ at, ratio }) => told.push({ at, ratio }));
  return { touch, told, pass };
}

/**
 * @param {number} x
 * @param {number} y
 */
const at = (x, y) => ({ x, y });

test('a tap is a click where the finger came down, and two taps near each other are a double click', (t) => {
  const { touch, told, pass } = begin(t);
  touch.down(7, at(10, 20));
  touch.move(7, at(13, 22));
  assert.deepEqual(told, []);
  touch.up(7);
  pass(200);
  touch.down(8, at(25, 30));
  touch.up(8);
  pass(600);
  touch.down(9, at(25, 30));
  touch.up(9);
  const first = [[10, 20, LEFT], [10, 20, 0]];
  assert.deepEqual(told, [...first, ...first, [25, 30, LEFT], [25, 30, 0]]);
});

test('a drag begins where the finger came down and goes all its way', (t) => {
  const { touch, told, pass } = begin(t);
  touch.down(1, at(100, 100));
  for (const x of [103, 106, 111, 150]) touch.move(1, at(x, 100));
  pass(2000);
  touch.up(1);
  assert.deepEqual(
    told,
    [100, 103, 106, 111, 150].map((x) => [x, 100, LEFT]).concat([[150, 100, 0]]),
  );
});

test('a second finger does nothing to a drag', (t) => {
  const { touch, told } = begin(t);
  touch.down(1, at(0, 0));
  touch.move(1, at(20, 0));
  touch.down(2, at(300, 300));
  touch.move(2, at(400, 300));
  touch.up(2);
  touch.move(1, at(30, 0));
  touch.up(1);
  assert.deepEqual(told, [[0, 0, LEFT], [20, 0, LEFT], [30, 0, LEFT], [30, 0, 0]]);
});

test('a finger that rests is the right button, which it can drag', (t) => {
  const { touch, told, pass } = begin(t);
  touch.down(1, at(50, 60));
  pass(700);
  touch.move(1, at(80, 60));
  touch.up(1);
  assert.deepEqual(told, [[50, 60, RIGHT], [80, 60, RIGHT], [80, 60, 0]]);
});

test('taps with two and three fingers are the right and the middle button', (t) => {
  const { touch, told, pass } = begin(t);
  for (const count of [2, 3, 4]) {
    for (let finger = 0; finger < count; finger += 1) touch.down(finger, at(finger * 60, 30));
    pass(100);
    for (let finger = 0; finger < count; finger += 1) touch.up(finger);
  }
  assert.deepEqual(told, [[30, 30, RIGHT], [30, 30, 0], [60, 30, MIDDLE], [60, 30, 0]]);
});

test('fingers that do not come down together, or rest together, mean nothing', (t) => {
  const { touch, told, pass } = begin(t);
  touch.down(1, at(0, 0));
  pass(300);
  touch.down(2, at(50, 0));
  touch.move(2, at(90, 0));
  touch.up(1);
  touch.up(2);
  touch.down(1, at(0, 0));
  touch.down(2, at(50, 0));
  pass(5000);
  touch.up(1);
  touch.up(2);
  assert.deepEqual(told, []);
  assert.equal(touch.touched, false);
});

test('two fingers scroll what is below them along', (t) => {
  const { touch, told } = begin(t);
  touch.down(1, at(100, 100));
  touch.down(2, at(200, 100));
  for (let y = 100; y <= 160; y += 30) for (const finger of [1, 2]) touch.move(finger, at(finger * 100, y));
  touch.up(1);
  touch.move(2, at(0, 0));
  touch.up(2);
  /** @type {any[]} */
  const scrolls = told;
  assert.deepEqual(new Set(scrolls.map((scroll) => JSON.stringify(scroll.at))), new Set(['{"x":150,"y":100}']));
  assert.equal(scrolls.reduce((sum, { deltaY }) => sum + deltaY, 0), -60);
  assert.equal(scrolls.reduce((sum, { deltaX }) => sum + deltaX, 0), 0);
});

for (const moving of [[1, 2], [2]]) {
  test(`fingers that pinch tell by how much: ${moving.length} of two move`, (t) => {
    const { touch, told } = begin(t);
    const start = new Map([
      [1, 100],
      [2, 200],
    ]);
    for (const [finger, x] of start) touch.down(finger, at(x, 50));
    for (let step = 0; step <= 100; step += 10) {
      for (const finger of moving) touch.move(finger, at((start.get(finger) ?? 0) + (finger * 2 - 3) * step, 50));
    }
    /** @type {any[]} */
    const pinches = told;
    const ratio = pinches.reduce((product, pinch) => product * pinch.ratio, 1);
    assert.ok(Math.abs(ratio - 1 - moving.length) < 1e-9, `${ratio}`);
    assert.deepEqual(pinches[0].at, at(150, 50));
  });
}

test('a finger that the browser takes away lets go of the button, and taps nothing', (t) => {
  const { touch, told } = begin(t);
  touch.down(1, at(5, 5));
  touch.cancel(1);
  touch.down(1, at(5, 5));
  touch.move(1, at(50, 5));
  touch.stop();
  assert.deepEqual(told, [[5, 5, LEFT], [50, 5, LEFT], [50, 5, 0]]);
});
