// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { UploadProgress } from '../../../../web/src/connection/upload-progress.js';

test('the fraction is that of all bytes, whichever file they are of', () => {
  const progress = new UploadProgress(new Map([['a', 300], ['b', 100]]));
  assert.equal(progress.fraction, 0);
  progress.sent('a', 100);
  progress.sent('b', 100);
  assert.equal(progress.fraction, 0.5);
  progress.sent('a', 0);
  assert.equal(progress.fraction, 0.25);
});

test('empty files are seen to go', () => {
  const progress = new UploadProgress(new Map([['a', 0], ['b', 0]]));
  progress.sent('a', 0);
  assert.equal(progress.fraction, 0.5);
});

test('nothing to send is all sent', () => {
  assert.equal(new UploadProgress(new Map()).fraction, 1);
});
