// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PendingImage } from '../../../../web/src/picture/pending-image.js';
import { image } from './image.js';

test('it is drawn once and closed', () => {
  const pending = new PendingImage();
  const decoded = image();
  pending.settle(decoded);
  assert.equal(pending.settled, true);
  /** @type {unknown[]} */
  const drawn = [];
  pending.take((one) => drawn.push(one));
  pending.take((one) => drawn.push(one));
  assert.deepEqual(drawn, [decoded]);
  assert.equal(decoded.closed, 1);
});

test('one that never comes is settled and not drawn', () => {
  const pending = new PendingImage();
  assert.equal(pending.settled, false);
  pending.settle(null);
  assert.equal(pending.settled, true);
  pending.take(() => assert.fail('there is nothing to draw'));
});

test('who waits is called when it is settled, at once when it has been', () => {
  const pending = new PendingImage();
  let calls = 0;
  pending.whenSettled(() => (calls += 1));
  assert.equal(calls, 0);
  pending.settle(image());
  assert.equal(calls, 1);
  pending.whenSettled(() => (calls += 10));
  assert.equal(calls, 11);
});

test('a second image, or one that nobody wants any more, is closed', () => {
  const pending = new PendingImage();
  const [first, second, third] = [image(), image(), image()];
  pending.settle(first);
  pending.settle(second);
  assert.deepEqual([first.closed, second.closed], [0, 1]);
  pending.discard();
  assert.equal(first.closed, 1);
  pending.settle(third);
  assert.equal(third.closed, 1);
});

test('who waits for a discarded one is not called', () => {
  const pending = new PendingImage();
  pending.whenSettled(() => assert.fail('nobody draws it'));
  pending.discard();
  const late = image();
  pending.settle(late);
  assert.deepEqual([late.closed, pending.settled], [1, false]);
});
