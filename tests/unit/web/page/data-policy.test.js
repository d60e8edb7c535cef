// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { refusals } from '../../../../web/src/page/data-policy.js';
import { texts } from '../../../../web/src/page/texts.js';

const all = { copies_in: true, copies_out: true, files_in: true, files_out: true, screenshots: true };
const none = { clipboard: '', copiesIn: '', copiesOut: '', filesIn: '' };

test('what the operator allows is not refused, nor what an older server does not tell of', () => {
  assert.deepEqual(refusals({ role: 'control', allowed: all }), none);
  assert.deepEqual(refusals({ role: 'control' }), none);
});

test('each direction is refused by itself, and the clipboard as a whole where both are', () => {
  const { policy } = texts;
  const oneWay = refusals({ role: 'control', allowed: { ...all, copies_out: false } });
  assert.deepEqual(oneWay, { ...none, copiesOut: policy.noCopiesOut });
  const closed = refusals({ role: 'control', allowed: { ...all, copies_in: false, copies_out: false, files_in: false } });
  assert.deepEqual(closed, {
    clipboard: policy.noCopies,
    copiesIn: policy.noCopiesIn,
    copiesOut: policy.noCopiesOut,
    filesIn: policy.noFilesIn,
  });
});

test('a watcher is refused for watching, not by the operator', () => {
  assert.deepEqual(refusals({ role: 'view', allowed: { ...all, copies_in: false, copies_out: false } }), none);
});
