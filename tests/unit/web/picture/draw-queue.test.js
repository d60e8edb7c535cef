// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */

import { Emitter } from '../../../../web/src/emitter.js';
import { DrawQueue } from '../../../../web/src/picture/draw-queue.js';
import { PendingImage } from '../../../../web/src/picture/pending-image.js';
import { stopTime } from '../clock.js';
import { image } from './image.js';

// Pixels: what draws so many waits for its turn, and what draws fewer does not.
const [LARGE, SMALL] = [300 * 300, 200 * 200];

/**
 * A screen that is refreshed when the test says so.
 *
 * @extends {Emitter<{refreshed: void}>}
 */
class Screen extends Emitter {
  awaited = false;
  closed = false;

  expect() {
    this.awaited = true;
  }

  refresh() {
    this.awaited = false;
    this.emit('refreshed');
  }

  close() {
    this.closed = true;
  }
}

/** @param {TestContext} t */
function start(t) {
  const pass = stopTime(t);
  const screen = new Screen();
  const queue = new DrawQueue(screen);
  /** @type {string[]} */
  const drawn = [];
  /** @param {string} name */
  const step = (name) => () => drawn.push(name);
  /**
   * An update of one image.
   *
   * @param {string} name
   */
  const film = (name) => {
    const pending = new PendingImage();
    queue.addImage(pending, () => pending.take(step(name)));
    queue.endUpdate(step(`${name} ends`));
    return pending;
  };
  return { pass, screen, queue, drawn, step, film };
}

test('an update is drawn when it has been read, as a whole and in order', (t) => {
  const { queue, drawn, step } = start(t);
  queue.add(step('one'), LARGE);
  queue.add(step('two'), LARGE);
  assert.deepEqual(drawn, []);
  queue.endUpdate(step('end'));
  assert.deepEqual(drawn, ['one', 'two', 'end']);
});

test('an update waits for its images, and what comes after it waits for the update', (t) => {
  const { queue, drawn, step } = start(t);
  const [first, second] = [new PendingImage(), new PendingImage()];
  queue.addImage(first, step('first'));
  queue.addImage(second, step('second'));
  queue.endUpdate(step('end'));
  queue.add(step('next'), LARGE);
  queue.endUpdate(step('next ends'));
  second.settle(image());
  assert.deepEqual(drawn, []);
  first.settle(image());
  assert.deepEqual(drawn, ['first', 'second', 'end', 'next', 'next ends']);
});

test('an image that never comes is passed over', (t) => {
  const { queue, drawn, step } = start(t);
  const lost = new PendingImage();
  queue.addImage(lost, () => lost.take(step('lost')));
  queue.add(step('rest'), LARGE);
  queue.endUpdate(step('end'));
  lost.settle(null);
  assert.deepEqual(drawn, ['rest', 'end']);
});

test('two updates may wait, then no more are to be read', async (t) => {
  const { queue, film } = start(t);
  const first = film('first');
  assert.equal(queue.full, false);
  await queue.whenRelieved();
  film('second');
  assert.equal(queue.full, true);
  let relieved = false;
  const waiting = queue.whenRelieved().then(() => (relieved = true));
  await Promise.resolve();
  assert.equal(relieved, false);
  first.settle(image());
  await waiting;
  assert.equal(queue.full, false);
});

test('what is to happen afterwards waits for all that was given before it', (t) => {
  const { queue, drawn, step, film } = start(t);
  queue.afterwards(step('at once'));
  assert.deepEqual(drawn, ['at once']);
  const pending = film('film');
  queue.afterwards(step('after the film'));
  queue.add(step('next'), LARGE);
  queue.afterwards(step('after the next'));
  assert.deepEqual(drawn, ['at once']);
  pending.settle(image());
  assert.deepEqual(drawn, ['at once', 'film', 'film ends', 'after the film']);
  queue.endUpdate(step('next ends'));
  assert.deepEqual(drawn.slice(4), ['next', 'after the next', 'next ends']);
});

test('a step that fails does not keep the next from being drawn', (t) => {
  const { queue, drawn, step } = start(t);
  const warn = t.mock.method(console, 'warn', () => {});
  queue.add(() => {
    throw new Error('the frame has lost its memory');
  }, LARGE);
  queue.add(step('rest'), LARGE);
  queue.endUpdate(step('end'));
  assert.deepEqual(drawn, ['rest', 'end']);
  assert.equal(warn.mock.callCount(), 1);
});

test('a frame of a film waits until the screen has shown the one before it', (t) => {
  const { pass, screen, drawn, film } = start(t);
  film('one').settle(image());
  pass(12);
  film('two').settle(image());
  assert.deepEqual(drawn, ['one', 'one ends']);
  screen.refresh();
  assert.deepEqual(drawn.slice(2), ['two', 'two ends']);
});

test('a frame does not wait when a further update is there', (t) => {
  const { pass, drawn, queue, step, film } = start(t);
  film('one').settle(image());
  pass(12);
  film('two').settle(image());
  queue.add(step('answer'), LARGE);
  queue.endUpdate(step('answer ends'));
  assert.deepEqual(drawn.slice(2), ['two', 'two ends', 'answer', 'answer ends']);
});

test('updates without images never wait for the screen', (t) => {
  const { pass, drawn, queue, step, film } = start(t);
  film('one').settle(image());
  pass(12);
  queue.add(step('text'), LARGE);
  queue.endUpdate(step('text ends'));
  assert.deepEqual(drawn.slice(2), ['text', 'text ends']);
});

test('what is small is drawn ahead of an image that it waits for, and again after it', (t) => {
  const { drawn, queue, step, film } = start(t);
  const pending = film('film');
  queue.add(step('button'), SMALL);
  queue.endUpdate(step('button ends'));
  assert.deepEqual(drawn.splice(0), ['button', 'button ends']);
  pending.settle(image());
  assert.deepEqual(drawn, ['film', 'film ends', 'button', 'button ends']);
});

test('what is drawn ahead stays above each image that comes before its turn', (t) => {
  const { drawn, queue, step, film } = start(t);
  const [first] = [film('first'), film('second')];
  queue.add(step('button'), SMALL);
  queue.endUpdate(step('end'));
  drawn.length = 0;
  first.settle(image());
  assert.deepEqual(drawn, ['first', 'first ends', 'button', 'end']);
  assert.equal(queue.full, true);
});

test('what is large, has an image or is half read is not drawn ahead', (t) => {
  const { drawn, queue, step, film } = start(t);
  film('film');
  queue.add(step('half'), SMALL);
  queue.add(step('other half'), SMALL);
  queue.endUpdate(step('end'));
  queue.add(step('beside an image'), SMALL);
  film('another');
  queue.add(step('half read'), SMALL);
  assert.deepEqual(drawn, []);
});

test('nothing is drawn ahead of a copy, which would copy it', (t) => {
  const { drawn, queue, step, film } = start(t);
  const pending = film('film');
  queue.addCopy(step('scrolled'));
  queue.endUpdate(step('scrolled ends'));
  queue.add(step('button'), SMALL);
  queue.endUpdate(step('button ends'));
  assert.deepEqual(drawn, []);
  pending.settle(image());
  assert.deepEqual(drawn, ['film', 'film ends', 'scrolled', 'scrolled ends', 'button', 'button ends']);
});

test('a closed queue draws nothing and lets go of its images', (t) => {
  const { queue, drawn, step, screen, film } = start(t);
  const pending = film('film');
  const unread = new PendingImage();
  queue.addImage(unread, step('unread'));
  queue.close();
  const [late, later] = [image(), image()];
  pending.settle(late);
  unread.settle(later);
  queue.afterwards(step('after the end'));
  queue.add(step('late'), SMALL);
  queue.endUpdate(step('late ends'));
  assert.deepEqual([drawn, late.closed, later.closed, screen.closed], [[], 1, 1, true]);
});
