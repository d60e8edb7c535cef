// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */

import { BothWays } from '../../../../web/src/novnc/both-ways.js';
import { stopTime } from '../clock.js';

/** @param {TestContext} t */
function start(t) {
  const pass = stopTime(t);
  /** @type {string[]} */
  const taken = [];
  const ways = new BothWays(
    (news, transfer) => taken.push(`usual ${news.number}, ${transfer.length} given away`),
    (news) => taken.push(`prompt ${news.number}`),
  );
  let number = 0;
  const tell = (bytes = 1000) => ways.tell({ number: number++, data: new ArrayBuffer(bytes) });
  return { pass, ways, taken, tell };
}

test('an answer to input takes the prompt way, and what comes later the usual one', (t) => {
  const { pass, ways, taken, tell } = start(t);
  tell();
  pass(30);
  ways.input();
  tell();
  pass(61);
  tell();
  assert.deepEqual(taken, ['usual 0, 1 given away', 'prompt 1', 'usual 2, 1 given away']);
});

test('what is still under way when there is input goes the prompt way as well, in its order', (t) => {
  const { pass, ways, taken, tell } = start(t);
  tell();
  pass(15);
  tell();
  pass(10);
  tell();
  taken.length = 0;
  ways.input();
  ways.input();
  tell();
  assert.deepEqual(taken, ['prompt 1', 'prompt 2', 'prompt 3']);
});

test('what is large takes the usual way, and no more than is small is kept', (t) => {
  const { ways, taken, tell } = start(t);
  tell(200_000);
  for (let count = 0; count < 4; count++) tell(60_000);
  taken.length = 0;
  ways.input();
  tell(200_000);
  assert.deepEqual(taken, ['prompt 3', 'prompt 4', 'usual 5, 1 given away']);
});

test('that a socket has opened or closed takes the usual way', (t) => {
  const { ways, taken } = start(t);
  ways.input();
  ways.tell({ number: 0, opened: 'binary' });
  ways.tell({ number: 1, closed: { code: 1000, reason: '' } });
  assert.deepEqual(taken, ['usual 0, 0 given away', 'usual 1, 0 given away']);
});
