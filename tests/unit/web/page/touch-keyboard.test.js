// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BACKSPACE, RETURN } from '../../../../web/src/connection/keysyms.js';
import { keysBetween } from '../../../../web/src/page/touch-keyboard.js';

/**
 * @param {string} before
 * @param {string} after
 */
function keysyms(before, after) {
  return keysBetween(before, after).map(({ keysym }) => keysym);
}

test('what a text gains is typed', () => {
  assert.deepEqual(keysyms('ab', 'abcd'), [0x63, 0x64]);
  assert.deepEqual(keysyms('', 'a\n'), [0x61, RETURN]);
});

test('what it loses is deleted, each character once', () => {
  assert.deepEqual(keysyms('abc', 'a'), [BACKSPACE, BACKSPACE]);
  assert.deepEqual(keysyms('a🔬', 'a'), [BACKSPACE]);
});

test('a word that the keyboard corrects is typed anew from where it differs', () => {
  assert.deepEqual(keysyms('teh', 'the'), [BACKSPACE, BACKSPACE, 0x68, 0x65]);
  assert.deepEqual(keysyms('', '🔬'), [0x101f52c]);
});

test('a text that stays has no keys', () => {
  assert.deepEqual(keysBetween('abc', 'abc'), []);
});

test('keys have the codes of a keyboard where there are any', () => {
  assert.deepEqual(keysBetween('a', 'b'), [
    { keysym: BACKSPACE, code: 'Backspace' },
    { keysym: 0x62, code: '' },
  ]);
});
