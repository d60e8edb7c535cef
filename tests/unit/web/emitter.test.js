// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Emitter } from '../../../web/src/emitter.js';

/** @extends {Emitter<{moved: number, closed: void}>} */
class Door extends Emitter {
  /** @param {number} angle */
  move(angle) {
    this.emit('moved', angle);
  }

  close() {
    this.emit('closed');
  }
}

test('all listeners of an event hear what it tells, the oldest first', () => {
  const door = new Door();
  /** @type {unknown[]} */
  const heard = [];
  door.on('moved', (angle) => heard.push('one', angle));
  door.on('moved', (angle) => heard.push('two', angle));
  door.on('closed', () => heard.push('closed'));
  door.move(30);
  assert.deepEqual(heard, ['one', 30, 'two', 30]);
  door.close();
  assert.deepEqual(heard.slice(4), ['closed']);
});

test('an event that nobody listens to is no error', () => {
  new Door().move(1);
});

test('the function that on returns ends that listener alone', () => {
  const door = new Door();
  /** @type {string[]} */
  const heard = [];
  const stop = door.on('closed', () => heard.push('one'));
  door.on('closed', () => heard.push('two'));
  stop();
  stop();
  door.close();
  assert.deepEqual(heard, ['two']);
});

test('a listener may end itself while it is called', () => {
  const door = new Door();
  /** @type {string[]} */
  const heard = [];
  const stop = door.on('closed', () => {
    heard.push('once');
    stop();
  });
  door.on('closed', () => heard.push('always'));
  door.close();
  door.close();
  assert.deepEqual(heard, ['once', 'always', 'always']);
});
