// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RefreshRequests } from '../../../../web/src/picture/refresh-requests.js';
import { stopTime } from '../clock.js';

const LEFT = { x: 0, y: 0, width: 256, height: 256 };
const RIGHT = { x: 256, y: 0, width: 256, height: 256 };
const BOTH = { x: 0, y: 0, width: 512, height: 256 };

test('a batch is complete when all its pixels have come', () => {
  const requests = new RefreshRequests();
  assert.equal(requests.pending, false);
  requests.ask([LEFT, RIGHT]);
  assert.deepEqual([requests.pending, requests.complete], [true, false]);
  assert.equal(requests.receive(LEFT, false), true);
  assert.equal(requests.complete, false);
  assert.equal(requests.receive(RIGHT, false), true);
  assert.equal(requests.complete, true);
});

test('one rectangle may answer several requests, and several one', () => {
  const requests = new RefreshRequests();
  requests.ask([LEFT, RIGHT]);
  assert.equal(requests.receive(BOTH, false), true);
  assert.equal(requests.complete, true);
  requests.ask([LEFT]);
  requests.receive({ ...LEFT, height: 100 }, false);
  assert.equal(requests.complete, false);
  requests.receive({ ...LEFT, y: 100, height: 156 }, false);
  assert.equal(requests.complete, true);
});

test('what reaches beyond the areas was not asked for', () => {
  const requests = new RefreshRequests();
  requests.ask([LEFT]);
  assert.equal(requests.receive(BOTH, false), false);
  assert.equal(requests.receive({ x: 600, y: 0, width: 1, height: 1 }, false), false);
  assert.equal(requests.complete, false);
});

test('nothing was asked for before the first batch and after the last', () => {
  const requests = new RefreshRequests();
  assert.equal(requests.receive(LEFT, false), false);
  requests.ask([LEFT]);
  requests.finish();
  assert.equal(requests.pending, false);
  assert.equal(requests.receive(LEFT, false), false);
});

test('batches grow while answers are quick and shrink while they are slow', (t) => {
  const pass = stopTime(t);
  const requests = new RefreshRequests();
  /** @param {number} time */
  const answerAfter = (time) => {
    requests.ask([LEFT]);
    pass(time);
    requests.finish();
    return requests.limit;
  };
  assert.equal(requests.limit, 2);
  assert.deepEqual([answerAfter(49), answerAfter(20), answerAfter(50), answerAfter(150)], [4, 8, 8, 8]);
  assert.deepEqual([answerAfter(151), answerAfter(900), answerAfter(900), answerAfter(900)], [4, 2, 1, 1]);
  for (let batch = 0; batch < 10; batch += 1) answerAfter(1);
  assert.equal(requests.limit, 64);
});

test('three batches in a row that come with losses are hopeless', () => {
  const requests = new RefreshRequests();
  /** @param {boolean} lossy */
  const batch = (lossy) => {
    requests.ask([LEFT, RIGHT]);
    requests.receive(LEFT, lossy);
    requests.receive(RIGHT, false);
    requests.finish();
    return requests.hopeless;
  };
  assert.deepEqual([batch(true), batch(true), batch(false)], [false, false, false]);
  assert.deepEqual([batch(true), batch(true), batch(true)], [false, false, true]);
});

test('losses elsewhere say nothing about a batch', () => {
  const requests = new RefreshRequests();
  for (let batch = 0; batch < 5; batch += 1) {
    requests.ask([LEFT]);
    requests.receive(RIGHT, true);
    requests.receive(LEFT, false);
    requests.finish();
  }
  assert.equal(requests.hopeless, false);
});

test('an abandoned batch is handed back and waited for no longer', () => {
  const requests = new RefreshRequests();
  requests.ask([LEFT, RIGHT]);
  assert.deepEqual(requests.abandon(), [LEFT, RIGHT]);
  assert.deepEqual(requests.abandon(), []);
  assert.equal(requests.pending, false);
});
