// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sample } from '../../../../web/src/connection/file-sample.js';

const SIZE = 1_000_000;

/** @param {number} at - where a byte is another */
function fileWith(at) {
  const bytes = new Uint8Array(SIZE);
  if (at >= 0) bytes[at] = 1;
  return new Blob([bytes]);
}

test('files that differ where they begin, end or are half over are told apart', async () => {
  const all = await Promise.all([-1, 0, SIZE / 2, SIZE - 1].map((at) => sample(fileWith(at))));
  assert.equal(new Set(all).size, 4);
  assert.equal(await sample(fileWith(-1)), all[0]);
});

test('a file may be smaller than what is looked at', async () => {
  assert.notEqual(await sample(new Blob(['a'])), await sample(new Blob(['b'])));
  assert.equal(await sample(new Blob([])), '811c9dc5');
});
