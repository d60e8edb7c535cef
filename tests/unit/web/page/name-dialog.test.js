// What can be a name, and which part of it is selected to be changed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isName, stem } from '../../../../web/src/page/name-dialog.js';

test('a name is more than dots and blanks, and has no slash', () => {
  for (const text of ['', '.', '..', ' ', 'plates/cells.tif', '/']) assert.equal(isName(text), false, text);
  for (const text of ['cells.tif', '...', '.hidden', 'a b', 'ü', '#1 100%?']) assert.equal(isName(text), true, text);
});

test('the suffixes of a name are not selected', () => {
  assert.equal(stem('cells.tif'), 'cells');
  assert.equal(stem('cells.ome.tiff'), 'cells');
  assert.equal(stem('volume.nii.gz'), 'volume');
  assert.equal(stem('.hidden'), '.hidden');
  assert.equal(stem('plates'), 'plates');
  assert.equal(stem('v1.2 of it'), 'v1.2 of it');
});
