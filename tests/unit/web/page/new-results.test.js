// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { FileEntry } from '../../../../web/src/connection/server' */

import { NewResults } from '../../../../web/src/page/new-results.js';

/**
 * @param {string} name
 * @param {Partial<FileEntry>} [facts]
 * @returns {FileEntry}
 */
function file(name, facts = {}) {
  return { name, href: `results/${name}`, kind: 'file', size: 5, modified: 100, ...facts };
}

/** @param {NewResults} results */
function names(results) {
  return results.files.map(({ name }) => name);
}

/** A browser that keeps one value. */
function browser(value = /** @type {unknown} */ (null)) {
  return { value };
}

test('what was there when this browser first came is not new', () => {
  const results = new NewResults(browser());
  assert.deepEqual(names(results), []);
  results.learn([file('a')]);
  assert.deepEqual(names(results), []);
  results.learn([file('b'), file('a')]);
  assert.deepEqual(names(results), ['b']);
});

test('what has come is new until it was shown, over any reload', () => {
  const memory = browser();
  new NewResults(memory).learn([file('a')]);
  const reloaded = new NewResults(memory);
  reloaded.learn([file('b'), file('a')]);
  assert.deepEqual(names(reloaded), ['b']);
  const again = new NewResults(memory);
  again.learn([file('b'), file('a')]);
  assert.deepEqual(names(again), ['b'], 'it was not shown');
  again.markSeen();
  const later = new NewResults(memory);
  later.learn([file('b'), file('a')]);
  assert.deepEqual(names(later), []);
});

test('a file that was written again is new', () => {
  const results = new NewResults(browser());
  results.learn([file('a'), file('b')]);
  results.learn([file('a', { modified: 101 }), file('b', { size: 6 })]);
  assert.deepEqual(names(results), ['a', 'b']);
});

test('what is gone is forgotten', () => {
  const memory = browser();
  const results = new NewResults(memory);
  results.learn([file('a'), file('b')]);
  results.learn([file('b')]);
  results.markSeen();
  assert.equal(/** @type {string[]} */ (memory.value).length, 1);
});

test('a memory in which something else stands is none', () => {
  const results = new NewResults(browser('nonsense'));
  results.learn([file('a')]);
  assert.deepEqual(names(results), []);
});
