// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isPasteKey } from '../../../../web/src/connection/paste-key.js';

const UP = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const V = { ...UP, key: 'v', code: 'KeyV' };
const CONTROL_V = { ...V, ctrlKey: true };
const COMMAND_V = { ...V, metaKey: true };

test('Control+V pastes, and Command+V on machines of Apple', () => {
  assert.deepEqual([isPasteKey(CONTROL_V, false), isPasteKey(COMMAND_V, false)], [true, false]);
  assert.deepEqual([isPasteKey(CONTROL_V, true), isPasteKey(COMMAND_V, true)], [false, true]);
  assert.equal(isPasteKey({ ...CONTROL_V, metaKey: true }, false), false);
  assert.equal(isPasteKey({ ...COMMAND_V, ctrlKey: true }, true), false);
});

test('V alone, and with the key of another function, does not', () => {
  assert.equal(isPasteKey(V, false), false);
  assert.equal(isPasteKey({ ...CONTROL_V, altKey: true }, false), false, 'AltGr is Control and Alt');
  assert.equal(isPasteKey({ ...CONTROL_V, key: 'c', code: 'KeyC' }, false), false);
});

test('Control+Shift+V pastes, as terminals have it', () => {
  assert.equal(isPasteKey({ ...CONTROL_V, key: 'V', shiftKey: true }, false), true);
});

test('the letter counts where the layout has it elsewhere, the place where it has none', () => {
  assert.equal(isPasteKey({ ...CONTROL_V, code: 'Period' }, false), true, 'Dvorak');
  assert.equal(isPasteKey({ ...CONTROL_V, key: 'k', code: 'KeyV' }, false), false, 'Dvorak');
  assert.equal(isPasteKey({ ...CONTROL_V, key: 'м' }, false), true, 'Cyrillic');
});

test('Shift+Insert pastes, Insert alone and Control+Insert do not', () => {
  const insert = { ...UP, key: 'Insert', code: 'Insert' };
  assert.equal(isPasteKey({ ...insert, shiftKey: true }, false), true);
  assert.equal(isPasteKey(insert, false), false);
  assert.equal(isPasteKey({ ...insert, ctrlKey: true }, false), false, 'copies');
  assert.equal(isPasteKey({ ...insert, shiftKey: true, ctrlKey: true }, false), false);
});
