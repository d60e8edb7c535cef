// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { candidates, dropFolder, hrefOf, join, parent, pathOf } from '../../../../web/src/connection/file-names.js';

test('drops of a day lie in a folder of its local date', () => {
  assert.equal(dropFolder(new Date(2026, 0, 5, 23, 59)), 'uploads/2026-01-05');
  assert.equal(dropFolder(new Date(2026, 10, 28, 0, 0)), 'uploads/2026-11-28');
});

test('the top folder adds no slash', () => {
  assert.equal(join('', 'cells.tif'), 'cells.tif');
  assert.equal(join('plates', 'raw', 'cells.tif'), 'plates/raw/cells.tif');
  assert.equal(parent('plates/raw/cells.tif'), 'plates/raw');
  assert.equal(parent('cells.tif'), '');
});

test('a path goes into an address and comes back', () => {
  const path = 'zwölf/Zellen #1 100%?.tif';
  assert.equal(hrefOf(path), 'zw%C3%B6lf/Zellen%20%231%20100%25%3F.tif');
  assert.equal(pathOf(hrefOf(path)), path);
  assert.equal(pathOf('plates/raw%201/'), 'plates/raw 1');
});

test('a folder keeps its name where it can', () => {
  assert.deepEqual(candidates('raw').slice(0, 3), ['raw', 'raw (2)', 'raw (3)']);
  assert.ok(Number.isFinite(candidates('raw').length), 'the tries have an end');
});
