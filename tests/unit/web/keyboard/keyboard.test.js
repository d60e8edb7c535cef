// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortcutCharacter } from '../../../../web/src/keyboard/keyboard.js';
import { characterAt } from '../../../../web/src/keyboard/places.js';
import { platformOf } from '../../../../web/src/keyboard/platform.js';

const PLAIN = { shiftKey: false, altKey: false };

test('a shortcut is what the layout has at the key', () => {
  assert.equal(shortcutCharacter({ ...PLAIN, key: 'z', code: 'KeyY' }, 'other'), 'z', 'German');
  assert.equal(shortcutCharacter({ ...PLAIN, key: 'a', code: 'KeyQ' }, 'other'), 'a', 'French');
  assert.equal(shortcutCharacter({ ...PLAIN, key: ',', code: 'KeyM' }, 'other'), ',', 'French');
  assert.equal(shortcutCharacter({ ...PLAIN, key: 'ö', code: 'Semicolon' }, 'other'), 'ö', 'German');
});

test('of other scripts it is what the place has elsewhere', () => {
  const keys = [['с', 'KeyC'], ['ζ', 'KeyZ'], ['ש', 'KeyA'], ['ю', 'Period'], ['ㅁ', 'KeyA'], ['ち', 'KeyA'], ['ش', 'KeyA']];
  const told = keys.map(([key = '', code = '']) => shortcutCharacter({ ...PLAIN, key, code }, 'other'));
  assert.deepEqual(told, ['c', 'z', 'a', '.', 'a', 'a', 'a']);
  assert.equal(shortcutCharacter({ ...PLAIN, key: 'Dead', code: 'BracketLeft' }, 'other'), '[');
});

test('Shift makes it a capital, Caps Lock does not', () => {
  assert.equal(shortcutCharacter({ ...PLAIN, key: 'C', code: 'KeyC' }, 'other'), 'c');
  assert.equal(shortcutCharacter({ ...PLAIN, shiftKey: true, key: 'я', code: 'KeyZ' }, 'other'), 'Z');
  assert.equal(shortcutCharacter({ ...PLAIN, shiftKey: true, key: 'ß', code: 'Minus' }, 'other'), 'ß');
});

test('Option with Command or Control is no character on machines of Apple', () => {
  const option = { ...PLAIN, altKey: true, key: 'ç', code: 'KeyC' };
  assert.deepEqual([shortcutCharacter(option, 'apple'), shortcutCharacter(option, 'other')], ['c', 'ç']);
});

test('every place of text has its character', () => {
  assert.deepEqual(['KeyQ', 'Digit2', 'Slash', 'Backquote'].map((code) => characterAt(code, false)), ['q', '2', '/', '`']);
  assert.deepEqual(['KeyQ', 'Digit2', 'Slash', 'Backquote'].map((code) => characterAt(code, true)), ['Q', '@', '?', '~']);
  assert.deepEqual([characterAt('F1', false), characterAt('', false)], [null, null]);
});

test('the platform is what the browser says', () => {
  assert.equal(platformOf({ platform: 'MacIntel' }), 'apple');
  assert.equal(platformOf({ platform: 'Win32', userAgentData: { platform: 'macOS' } }), 'apple');
  assert.equal(platformOf({ platform: 'Win32' }), 'windows');
  assert.equal(platformOf({ platform: 'Linux x86_64' }), 'other');
});
