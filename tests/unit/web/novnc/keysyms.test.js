// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RETURN, TAB, keysymOf, keysymOfKey } from '../../../../web/src/novnc/keysyms.js';

test('Latin-1 has its own code points', () => {
  assert.deepEqual([' ', 'a', '~', '\u00a0', 'ü', 'ÿ'].map(keysymOf), [0x20, 0x61, 0x7e, 0xa0, 0xfc, 0xff]);
});

test('letters of old keyboards have the keysyms of these, all others their code point and the bit of Unicode', () => {
  assert.deepEqual(['Ω', 'я', '\u0100', '細', '🔬'].map(keysymOf), [0x7d9, 0x6d1, 0x3c0, 0x1007d30, 0x101f52c]);
});

test('keys with a name have a keysym by their side, others none', () => {
  const of = (/** @type {string} */ key, location = 0) => keysymOfKey({ key, location });
  assert.deepEqual([of('Enter'), of('Enter', 3), of('1', 3), of('F5')], [RETURN, 0xff8d, 0xffb1, 0xffc2]);
  assert.deepEqual([of('UIKeyInputUpArrow'), of('NoSuchKey')], [of('ArrowUp'), 0]);
});

test('the ends of lines and tabulators are keys', () => {
  assert.deepEqual(['\n', '\t'].map(keysymOf), [RETURN, TAB]);
});
