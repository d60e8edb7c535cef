// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HeldKeys } from '../../../../web/src/novnc/held-keys.js';

function start() {
  const keys = new HeldKeys();
  /** @type {string[]} */
  const sent = [];
  keys.on('key', ({ code, down }) => sent.push(`${code} ${down}`));
  /**
   * @param {string} code
   * @param {boolean} [down]
   */
  const press = (code, down) => keys.press({ keysym: 0x61, code, down });
  return { keys, sent, press };
}

test('keys go on at once while nothing holds them', () => {
  const { sent, press } = start();
  press('KeyA', true);
  press('KeyA', false);
  press('KeyB');
  assert.deepEqual(sent, ['KeyA true', 'KeyA false', 'KeyB undefined']);
});

test('held keys follow in their order when they are released, later ones after them', () => {
  const { keys, sent, press } = start();
  const release = keys.hold();
  press('KeyA', true);
  press('KeyA', false);
  assert.deepEqual(sent, []);
  release();
  press('KeyB', true);
  assert.deepEqual(sent, ['KeyA true', 'KeyA false', 'KeyB true']);
});

test('of two holds the last to end releases the keys', () => {
  const { keys, sent, press } = start();
  const [one, other] = [keys.hold(), keys.hold()];
  press('KeyA');
  one();
  assert.deepEqual(sent, []);
  other();
  assert.deepEqual(sent, ['KeyA undefined']);
});

test('keys are released once', () => {
  const { keys, sent, press } = start();
  const release = keys.hold();
  press('KeyA');
  release();
  keys.hold()();
  assert.deepEqual(sent, ['KeyA undefined']);
});
