// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changeBetween } from '../../../../web/src/keyboard/text-field.js';

test('what a text gains is typed', () => {
  assert.deepEqual(changeBetween('ab', 'abcd'), { erased: 0, text: 'cd' });
  assert.deepEqual(changeBetween('', 'a\n'), { erased: 0, text: 'a\n' });
});

test('what it loses is erased, each character once', () => {
  assert.deepEqual(changeBetween('abc', 'a'), { erased: 2, text: '' });
  assert.deepEqual(changeBetween('a🔬', 'a'), { erased: 1, text: '' });
});

test('a word that a keyboard corrects is typed anew from where it differs', () => {
  assert.deepEqual(changeBetween('teh', 'the'), { erased: 2, text: 'he' });
  assert.deepEqual(changeBetween('e', 'é'), { erased: 1, text: 'é' });
});

test('a text that stays is nothing', () => {
  assert.deepEqual(changeBetween('abc', 'abc'), { erased: 0, text: '' });
});
