// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { forgetTicket } from '../../../../web/src/page/sign-in.js';

/** @param {string} address - from the path on */
function forgotten(address) {
  /** @type {unknown[]} */
  const replaced = [];
  forgetTicket(new URL(address, 'https://host'), { state: 7, replaceState: (...given) => void replaced.push(given) });
  return replaced;
}

test('a ticket leaves the address, which is else as it was', () => {
  assert.deepEqual(forgotten('/a/?ticket=x&open=a%20b%2Fc&bar=0#quality=3'), [
    [7, '', '/a/?open=a%20b%2Fc&bar=0#quality=3'],
  ]);
  assert.deepEqual(forgotten('/?ticket=x'), [[7, '', '/']]);
  assert.deepEqual(forgotten('/?open=ticket=x&tickets=1'), []);
});
