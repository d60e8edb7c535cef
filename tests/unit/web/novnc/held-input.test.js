// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HeldInput } from '../../../../web/src/novnc/held-input.js';

const CONTROL = 0xffe3;

/** @returns {{input: HeldInput, sent: (number | string)[]}} keysyms, and masks of the pointer with an m */
function listened() {
  const input = new HeldInput();
  /** @type {(number | string)[]} */
  const sent = [];
  input.on('key', ({ keysym }) => sent.push(keysym));
  input.on('pointer', ({ mask }) => sent.push(`m${mask}`));
  return { input, sent };
}

/**
 * @param {HeldInput} input
 * @param {number[]} keysyms
 */
function press(input, ...keysyms) {
  for (const keysym of keysyms) input.press({ keysym, code: '' });
}

test('without a hold keys and the pointer are sent at once', () => {
  const { input, sent } = listened();
  press(input, 1, 2);
  input.point({ x: 0, y: 0, mask: 1 });
  assert.deepEqual(sent, [1, 2, 'm1']);
});

test('what is held back comes in its order, the pointer among the keys', () => {
  const { input, sent } = listened();
  const release = input.hold();
  press(input, 1);
  input.point({ x: 0, y: 0, mask: 1 });
  press(input, 2);
  assert.deepEqual(sent, []);
  release();
  press(input, 3);
  assert.deepEqual(sent, [1, 'm1', 2, 3]);
});

test('each hold keeps its place, whichever ends first', () => {
  const { input, sent } = listened();
  const first = input.hold(() => press(input, 1));
  press(input, 2);
  const second = input.hold(() => press(input, 3));
  press(input, 4);
  second();
  assert.deepEqual(sent, []);
  first();
  assert.deepEqual(sent, [1, 2, 3, 4]);
});

test('the key of what did not come is not sent; modifiers and all other keys are', () => {
  const { input, sent } = listened();
  const release = input.hold(() => press(input, CONTROL, 1));
  press(input, 2);
  release(false);
  assert.deepEqual(sent, [CONTROL, 2]);
  press(input, 3);
  assert.deepEqual(sent, [CONTROL, 2, 3]);
});
