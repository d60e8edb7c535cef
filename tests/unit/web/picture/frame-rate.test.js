// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FrameRate } from '../../../../web/src/picture/frame-rate.js';
import { stopTime } from '../clock.js';

test('it is the number of the last whole second', (t) => {
  const pass = stopTime(t);
  const rate = new FrameRate();
  for (let frame = 0; frame < 25; frame += 1) {
    rate.count();
    pass(40);
  }
  assert.equal(rate.perSecond, 25);
  rate.count();
  pass(999);
  assert.equal(rate.perSecond, 25, 'the next second is not over');
  pass(1);
  assert.equal(rate.perSecond, 1);
});

test('a second without frames is 0', (t) => {
  const pass = stopTime(t);
  const rate = new FrameRate();
  rate.count();
  pass(1000);
  assert.equal(rate.perSecond, 1);
  pass(1000);
  assert.equal(rate.perSecond, 0);
});

test('a frame after a long rest belongs to its own second', (t) => {
  const pass = stopTime(t);
  const rate = new FrameRate();
  rate.count();
  pass(5400);
  rate.count();
  assert.equal(rate.perSecond, 0);
  pass(600);
  assert.equal(rate.perSecond, 1);
});
