// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SavingNotice } from '../../../../web/src/page/saving-notice.js';

/** @param {string | null} error */
function saved(error) {
  return { napari: '0.9.2', ready: true, renderer: null, saved: { error, not_kept: [] } };
}

test('a session that is not kept is told once, and again after it was kept', () => {
  /** @type {string[]} */
  const told = [];
  const notice = new SavingNotice((text) => told.push(text));
  for (const facts of [saved(null), saved('No space left'), saved('No space left'), null, saved('No space left')]) {
    notice.companion = facts;
  }
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /No space left/);
  for (const facts of [saved(null), saved('No space left'), { ...saved(null), saved: null }]) notice.companion = facts;
  assert.equal(told.length, 2);
});
