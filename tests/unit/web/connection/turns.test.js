// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Turns } from '../../../../web/src/connection/turns.js';

test('steps follow one another, also after one that fails', async () => {
  const turns = new Turns();
  /** @type {string[]} */
  const done = [];
  const step = (/** @type {string} */ name, /** @type {number} */ time) =>
    turns.take(async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, time);
      });
      done.push(name);
      if (name === 'second') throw new Error(name);
      return name;
    });
  const [first, second, third] = [step('first', 10), step('second', 5), step('third', 0)];
  assert.equal(await first, 'first');
  await assert.rejects(second, /second/);
  assert.equal(await third, 'third');
  assert.deepEqual(done, ['first', 'second', 'third']);
});

test('what passes ends with the last step', async () => {
  const turns = new Turns();
  assert.equal(turns.passing, null);
  const failed = turns.take(() => Promise.reject(new Error('failed')));
  const passing = turns.passing;
  assert.ok(passing);
  await assert.rejects(failed);
  await passing;
  assert.equal(turns.passing, null);
});
