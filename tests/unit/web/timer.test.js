// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Timer } from '../../../web/src/timer.js';
import { stopTime } from './clock.js';

test('it calls once, when its time is over', (t) => {
  const pass = stopTime(t);
  let calls = 0;
  const timer = new Timer(() => (calls += 1));
  timer.start(100);
  pass(99);
  assert.deepEqual([calls, timer.running], [0, true]);
  pass(1);
  assert.deepEqual([calls, timer.running], [1, false]);
  pass(1000);
  assert.equal(calls, 1);
});

test('a new start forgets the old one', (t) => {
  const pass = stopTime(t);
  let calls = 0;
  const timer = new Timer(() => (calls += 1));
  timer.start(100);
  pass(60);
  timer.start(100);
  pass(60);
  assert.equal(calls, 0);
  pass(40);
  assert.equal(calls, 1);
});

test('a stopped one does not call', (t) => {
  const pass = stopTime(t);
  let calls = 0;
  const timer = new Timer(() => (calls += 1));
  timer.stop();
  timer.start(10);
  timer.stop();
  assert.equal(timer.running, false);
  pass(100);
  assert.equal(calls, 0);
});

test('it may be started again by its own call', (t) => {
  const pass = stopTime(t);
  let calls = 0;
  const timer = new Timer(() => {
    calls += 1;
    if (calls < 3) timer.start(10);
  });
  timer.start(10);
  pass(100);
  assert.equal(calls, 3);
});
