// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { H264Context } from '../../../../web/src/video/h264-context.js' */

import { H264Decoder } from '../../../../web/src/novnc/h264-decoder.js';
import { PendingImage } from '../../../../web/src/picture/pending-image.js';
import { Received } from './received.js';

const PAYLOAD = [0, 0, 1, 0x41, 0x9a];

/**
 * A rectangle's data, rfbproto "Open H.264 Encoding".
 *
 * @param {number} flags
 * @param {number[]} payload
 */
function rectangle(flags, payload = PAYLOAD) {
  return [0, 0, 0, payload.length, 0, 0, 0, flags, ...payload];
}

/** A decoder, and what it had done in which order. */
function start() {
  /** @type {unknown[]} */
  const done = [];
  const image = new PendingImage();
  const context = /** @type {H264Context} */ (/** @type {unknown} */ ({
    reset: () => done.push('reset'),
    decode: (/** @type {Uint8Array} */ payload) => {
      done.push([...payload]);
      return payload.length > 0 ? image : null;
    },
  }));
  const decoder = new H264Decoder({
    of: ({ x, y, width, height }) => {
      done.push(`${width}x${height}+${x}+${y}`);
      return context;
    },
    clear: () => done.push('clear'),
  });
  /** @type {unknown[][]} */
  const drawn = [];
  const display = { videoFrame: (/** @type {unknown[]} */ ...frame) => drawn.push(frame) };
  /** @param {Received} sock */
  const decode = (sock) => decoder.decodeRect(16, 32, 128, 64, sock, display);
  return { done, drawn, image, decode };
}

test('a rectangle is decoded in its context and drawn at its place', () => {
  const { done, drawn, image, decode } = start();
  const sock = new Received(rectangle(0));
  assert.equal(decode(sock), true);
  assert.deepEqual(done, ['128x64+16+32', PAYLOAD]);
  assert.deepEqual(drawn, [[16, 32, 128, 64, image]]);
  assert.equal(sock.rQlen(), 0);
});

test('flags reset this context, or forget all, before the frame is decoded', () => {
  const { done, decode } = start();
  decode(new Received(rectangle(1)));
  decode(new Received(rectangle(2)));
  decode(new Received(rectangle(3)));
  const context = '128x64+16+32';
  assert.deepEqual(done, [
    ...[context, 'reset', PAYLOAD],
    ...['clear', context, PAYLOAD],
    ...['clear', context, 'reset', PAYLOAD],
  ]);
});

test('a rectangle without a frame draws nothing', () => {
  const { drawn, decode } = start();
  assert.equal(decode(new Received(rectangle(0, []))), true);
  assert.deepEqual(drawn, []);
});

test('a rectangle may come byte by byte, and is decoded once', () => {
  const { done, drawn, decode } = start();
  const sock = new Received();
  const bytes = rectangle(0);
  for (const [index, byte] of bytes.entries()) {
    sock.receive([byte]);
    assert.equal(decode(sock), index === bytes.length - 1);
  }
  assert.deepEqual([done.length, drawn.length], [2, 1]);
});
