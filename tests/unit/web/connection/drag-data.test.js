// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dragged, links } from '../../../../web/src/connection/drag-data.js';

/**
 * @param {Record<string, string>} texts
 * @param {object[]} [items]
 */
function data(texts, items = []) {
  return /** @type {DataTransfer} */ (
    /** @type {unknown} */ ({ items, getData: (/** @type {string} */ type) => texts[type] ?? '' })
  );
}

test('files come before the address that an image out of a page has too', () => {
  const file = new File(['cells'], 'cells.png');
  const entry = { isFile: true, fullPath: '/plate' };
  const items = [
    { kind: 'string' },
    { kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => file },
    { kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => null },
    { kind: 'file', getAsFile: () => null },
  ];
  assert.deepEqual(dragged(data({ 'text/uri-list': 'https://example.org/cells.png' }, items)), { files: [file, entry] });
});

test('links come before their text, and nothing is nothing', () => {
  const both = { 'text/uri-list': 'https://example.org/', 'text/plain': 'https://example.org/' };
  assert.deepEqual(dragged(data(both)), { urls: ['https://example.org/'] });
  assert.deepEqual(dragged(data({ 'text/plain': 'grün' })), { text: 'grün' });
  assert.equal(dragged(data({})), null);
});

test('a list of links has comments and ends of lines of every kind', () => {
  assert.deepEqual(links('# two\r\nhttps://a.example/\nhttps://b.example/#part\r\n'), [
    'https://a.example/',
    'https://b.example/#part',
  ]);
  assert.deepEqual(links(''), []);
});
