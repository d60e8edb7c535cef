// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Cadence } from '../../../../web/src/picture/cadence.js';
import { stopTime } from '../clock.js';

/** A screen that is refreshed when the test says so. */
class Screen {
  awaited = false;

  expect() {
    this.awaited = true;
  }
}

test('the first frame does not wait', (t) => {
  stopTime(t);
  assert.equal(new Cadence(new Screen()).hold(), false);
});

test('a frame waits while the one before it has not been seen', (t) => {
  const pass = stopTime(t);
  const screen = new Screen();
  const cadence = new Cadence(screen);
  cadence.drew();
  assert.equal(screen.awaited, true);
  pass(11);
  assert.equal(cadence.hold(), true);
  screen.awaited = false;
  assert.equal(cadence.hold(), false);
});

test('what comes at once after a frame, such as the answer to a click, does not wait', (t) => {
  const pass = stopTime(t);
  const cadence = new Cadence(new Screen());
  cadence.drew();
  pass(10);
  assert.equal(cadence.hold(), false);
  pass(1);
  assert.equal(cadence.hold(), true);
});

test('of frames that wait in a row the fourth is drawn in place of the third', (t) => {
  const pass = stopTime(t);
  const cadence = new Cadence(new Screen());
  cadence.drew();
  const held = [1, 2, 3, 4, 5].map(() => {
    pass(16);
    const waits = cadence.hold();
    cadence.drew();
    return waits;
  });
  assert.deepEqual(held, [true, true, true, false, true]);
});
