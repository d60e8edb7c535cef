// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BrowserMemory } from '../../../../web/src/page/browser-memory.js';

/** A storage that keeps what it is given. */
function storage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
  };
}

test('a value outlives the page, for one desktop and one name', () => {
  const browser = storage();
  new BrowserMemory('end', '/user/ada/', browser).value = { time: 5 };
  assert.deepEqual(new BrowserMemory('end', '/user/ada/', browser).value, { time: 5 });
  assert.equal(new BrowserMemory('end', '/user/bob/', browser).value, null);
  assert.equal(new BrowserMemory('volume', '/user/ada/', browser).value, null);
});

test('a browser that keeps nothing is as good', () => {
  const memory = new BrowserMemory('end', '/', null);
  memory.value = 1;
  assert.equal(memory.value, null);
  const full = { getItem: () => '{', setItem: () => assert.fail('full') };
  const other = new BrowserMemory('end', '/', full);
  other.value = 1;
  assert.equal(other.value, null);
});
