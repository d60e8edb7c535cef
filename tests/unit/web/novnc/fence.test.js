// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BLOCK_BEFORE, readFence } from '../../../../web/src/novnc/fence.js';
import { Received } from './received.js';

const REQUEST = 0x80;
const SYNC_NEXT = 4;

/**
 * A fence, rfbproto "ServerFence"; its type has been read.
 *
 * @param {number} flags - the lowest
 * @param {string} payload
 */
function fence(flags, payload, { kind = REQUEST, length = payload.length } = {}) {
  return [248, 0, 0, 0, kind, 0, 0, flags, length, ...[...payload].map((letter) => letter.charCodeAt(0))];
}

/** @param {Iterable<number>} bytes */
function afterType(bytes) {
  const sock = new Received(bytes);
  sock.rQskipBytes(1);
  return sock;
}

test('the answer has the payload and the flags that the client keeps to', () => {
  const sock = afterType(fence(BLOCK_BEFORE | 2 | SYNC_NEXT, 'abc'));
  assert.deepEqual(readFence(sock), { asks: true, flags: 3, payload: 'abc' });
  assert.equal(sock.rQlen(), 0);
});

test('a payload may be empty, and of 64 bytes', () => {
  assert.deepEqual(readFence(afterType(fence(0, ''))), { asks: true, flags: 0, payload: '' });
  assert.equal(readFence(afterType(fence(0, 'x'.repeat(64))))?.payload.length, 64);
});

test('a fence may come byte by byte, and is read once it is whole', () => {
  const bytes = fence(BLOCK_BEFORE, 'abc');
  const sock = new Received();
  for (const byte of bytes.slice(0, -1)) {
    sock.receive([byte]);
    sock.rQskipBytes(1);
    const before = sock.rQlen();
    assert.equal(readFence(sock), null);
    assert.equal(sock.rQlen(), before + 1, 'what was read, its type too, is read again');
  }
  sock.receive(bytes.slice(-1));
  sock.rQskipBytes(1);
  assert.deepEqual(readFence(sock), { asks: true, flags: BLOCK_BEFORE, payload: 'abc' });
});

test('an answer to a fence of ours asks for none', () => {
  assert.equal(readFence(afterType(fence(0, 'abc', { kind: 0 })))?.asks, false);
});

test('a payload that is too long is an error that names both lengths', () => {
  assert.throws(() => readFence(afterType(fence(0, 'x'.repeat(65)))), /65 bytes, expected at most 64/);
});
