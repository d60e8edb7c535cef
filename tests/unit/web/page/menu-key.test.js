// The key for the menu, and keys that are the desktop's own.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isMenuKey } from '../../../../web/src/page/menu-key.js';

const KEY = { code: 'KeyM', ctrlKey: true, altKey: true, shiftKey: true, metaKey: false };

test('the menu has one key, with all three modifiers', () => {
  assert.equal(isMenuKey(KEY), true);
  for (const change of [{ code: 'KeyN' }, { ctrlKey: false }, { altKey: false }, { shiftKey: false }, { metaKey: true }]) {
    assert.equal(isMenuKey({ ...KEY, ...change }), false, JSON.stringify(change));
  }
});
