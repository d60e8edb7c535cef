// The key for the menu, and keys that are the desktop's own.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isMenuKey } from '../../../../web/src/page/menu-key.js';

const KEY = { key: 'M', code: 'KeyM', ctrlKey: true, altKey: true, shiftKey: true, metaKey: false };

test('a letter is the key for the menu with all three modifiers', () => {
  assert.equal(isMenuKey(KEY), true);
  for (const change of [{ code: 'KeyN' }, { ctrlKey: false }, { altKey: false }, { shiftKey: false }, { metaKey: true }]) {
    assert.equal(isMenuKey({ ...KEY, ...change }), false, JSON.stringify(change));
  }
});

test('F6 is the key for the menu by itself, and the desktop’s with a modifier', () => {
  const bare = { key: 'F6', code: 'F6', ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
  assert.equal(isMenuKey(bare), true);
  for (const name of ['ctrlKey', 'altKey', 'shiftKey', 'metaKey']) {
    assert.equal(isMenuKey({ ...bare, [name]: true }), false, name);
  }
});
