// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */

import { Attention } from '../../../../web/src/connection/attention.js';
import { stopTime } from '../clock.js';

/** @param {TestContext} t */
function start(t) {
  const pass = stopTime(t);
  const page = new EventTarget();
  const document = Object.assign(page, { hidden: false });
  Object.assign(globalThis, { document });
  const attention = new Attention();
  /** @type {boolean[]} */
  const told = [];
  attention.on('changed', (given) => told.push(given));
  const show = (/** @type {boolean} */ shown) => {
    document.hidden = !shown;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  return { attention, pass, show, told };
}

test('a page that is hidden has attention for a second more', (t) => {
  const { attention, pass, show, told } = start(t);
  show(false);
  pass(999);
  assert.equal(attention.given, true);
  pass(1);
  assert.deepEqual(told, [false]);
});

test('a glance at another tab is nothing', (t) => {
  const { pass, show, told } = start(t);
  show(false);
  pass(500);
  show(true);
  pass(5000);
  assert.deepEqual(told, []);
});

test('who comes back is told at once', (t) => {
  const { attention, pass, show, told } = start(t);
  show(false);
  pass(60_000);
  show(true);
  assert.deepEqual(told, [false, true]);
  assert.equal(attention.given, true);
});
