// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RETURN, TAB, keysymOf } from '../../../../web/src/connection/keysyms.js';

test('Latin-1 has its own code points', () => {
  assert.deepEqual([' ', 'a', '~', '\u00a0', 'ü', 'ÿ'].map(keysymOf), [0x20, 0x61, 0x7e, 0xa0, 0xfc, 0xff]);
});

test('all others have their code point and the bit of Unicode', () => {
  assert.deepEqual(['Ω', '細', '🔬', '\u0100'].map(keysymOf), [0x10003a9, 0x1007d30, 0x101f52c, 0x1000100]);
});

test('what is neither Latin-1 nor a letter has that bit too', () => {
  assert.deepEqual(['\u007f', '\u0080', '\u009f'].map(keysymOf), [0x100007f, 0x1000080, 0x100009f]);
});

test('the ends of lines and tabulators are keys', () => {
  assert.deepEqual(['\n', '\t'].map(keysymOf), [RETURN, TAB]);
});
