// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Backoff } from '../../../../web/src/connection/backoff.js';

test('waits grow by half, up to half a minute', (t) => {
  t.mock.method(Math, 'random', () => 1);
  const backoff = new Backoff();
  const waits = Array.from({ length: 12 }, () => backoff.next());
  assert.deepEqual(waits.slice(0, 4), [1000, 1500, 2250, 3375]);
  assert.deepEqual(waits.slice(-2), [30_000, 30_000]);
});

test('each is cut at random by up to half, so that not all viewers come at once', (t) => {
  let random = 0;
  t.mock.method(Math, 'random', () => random);
  const backoff = new Backoff(100);
  assert.equal(backoff.next(), 50);
  random = 0.5;
  assert.equal(backoff.next(), 150 * 0.75);
});

test('after a reset the first wait is the first again', (t) => {
  t.mock.method(Math, 'random', () => 1);
  const backoff = new Backoff(200);
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.deepEqual([backoff.next(), backoff.next()], [200, 300]);
});

test('a first wait that is longer than the longest stays as it is', (t) => {
  t.mock.method(Math, 'random', () => 1);
  const backoff = new Backoff(60_000);
  assert.deepEqual([backoff.next(), backoff.next()], [60_000, 60_000]);
});
