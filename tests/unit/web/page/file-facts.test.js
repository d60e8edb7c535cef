// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { FileEntry } from '../../../../web/src/connection/server' */

import { foldersFirst, sizeText, timeText, trail } from '../../../../web/src/page/file-facts.js';

test('sizes have three digits and a unit', () => {
  const sizes = [0, 1, 999, 1000, 1_234_567, 999_999_999, 5e12, 5e16].map((bytes) => sizeText(bytes, 'en'));
  assert.deepEqual(sizes, ['0 bytes', '1 byte', '999 bytes', '1 kB', '1.23 MB', '1,000 MB', '5 TB', '50,000 TB']);
});

test('times have date and minute', () => {
  const text = timeText(new Date(2026, 10, 28, 11, 39).getTime() / 1000, 'en-GB');
  assert.equal(text, '28 Nov 2026, 11:39');
});

test('folders come first, and nothing else changes its place', () => {
  const kinds = /** @type {const} */ (['file', 'folder', 'link', 'folder', 'other']);
  const entries = kinds.map((kind, index) => /** @type {FileEntry} */ ({ kind, name: String(index) }));
  assert.deepEqual(foldersFirst(entries).map(({ name }) => name), ['1', '3', '0', '2', '4']);
});

test('the way to a folder names each folder, also one whose name is no Unicode', () => {
  assert.deepEqual(trail(''), []);
  assert.deepEqual(trail('zw%C3%B6lf/raw%20%ff/'), [
    { name: 'zwölf', href: 'zw%C3%B6lf/' },
    { name: 'raw%20%ff', href: 'zw%C3%B6lf/raw%20%ff/' },
  ]);
});
