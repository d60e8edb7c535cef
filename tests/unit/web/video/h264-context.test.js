// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */

import { H264Context } from '../../../../web/src/video/h264-context.js';
import { stopTime } from '../clock.js';
import {
  FRAME,
  HIGH_PARAMETERS,
  KEY_FRAME,
  KEY_SLICE,
  PARAMETERS,
  PICTURE_PARAMETERS,
  SLICE,
  stream,
} from './annexb.js';
import { SlowCodec } from './codec.js';

/** @param {TestContext} t */
function start(t) {
  const pass = stopTime(t);
  /** @type {SlowCodec[]} */
  const codecs = [];
  const context = new H264Context({ width: 128, height: 64 }, () => {
    codecs.push(new SlowCodec());
    return /** @type {SlowCodec} */ (codecs.at(-1));
  });
  /** @type {string[]} */
  const told = [];
  context.on('worked', () => told.push('worked'));
  context.on('failed', ({ message }) => told.push(message));
  /** @param {Uint8Array<ArrayBuffer>} payload */
  const decode = (payload) => {
    const pending = context.decode(payload);
    assert.ok(pending, 'a frame to come');
    return pending;
  };
  /** The decoder in use. */
  const codec = () => {
    const last = codecs.at(-1);
    assert.ok(last, 'a decoder');
    return last;
  };
  return { pass, context, codecs, codec, told, decode };
}

test('a key frame configures the decoder, and the frame comes when it is decoded', (t) => {
  const { codec, told, decode } = start(t);
  const pending = decode(KEY_FRAME);
  assert.deepEqual(codec().configured, [['avc1.42e01f', 128, 64]]);
  assert.deepEqual([codec().frames[0]?.key, codec().frames[0]?.data], [true, KEY_FRAME]);
  assert.equal(pending.settled, false);
  const frame = codec().give(0);
  assert.equal(pending.settled, true);
  pending.take((image) => assert.equal(image, frame));
  assert.deepEqual(told, ['worked']);
});

test('a decoder is configured anew only for another kind of stream, or after a reset', (t) => {
  const { context, codec, codecs, decode } = start(t);
  decode(KEY_FRAME);
  decode(KEY_FRAME);
  assert.equal(codec().configured.length, 1);
  decode(stream(HIGH_PARAMETERS, PICTURE_PARAMETERS, KEY_SLICE));
  assert.equal(codec().configured[1]?.[0], 'avc1.640028');
  context.reset();
  decode(stream(HIGH_PARAMETERS, PICTURE_PARAMETERS, KEY_SLICE));
  assert.equal(codec().configured.length, 3);
  assert.equal(codecs.length, 1);
});

test('timestamps grow', (t) => {
  const { codec, decode } = start(t);
  for (const payload of [KEY_FRAME, FRAME, FRAME]) decode(payload);
  const times = codec().frames.map(({ timestamp }) => timestamp);
  assert.deepEqual(times, [...new Set(times)].sort((one, other) => one - other));
});

test('of several frames in one rectangle the last is drawn', (t) => {
  const { codec, decode } = start(t);
  const pending = decode(stream(PARAMETERS, PICTURE_PARAMETERS, KEY_SLICE, SLICE, SLICE));
  assert.equal(codec().frames.length, 3);
  const first = codec().give(0);
  codec().give(1);
  assert.deepEqual([first.closed, pending.settled], [1, false]);
  const last = codec().give(2);
  pending.take((image) => assert.equal(image, last));
});

test('a frame that the decoder skips is passed over', (t) => {
  const { codec, decode } = start(t);
  const [first, second] = [decode(KEY_FRAME), decode(FRAME)];
  codec().give(1);
  assert.deepEqual([first.settled, second.settled], [true, true]);
  first.take(() => assert.fail('it was skipped'));
  assert.equal(codec().give(0).closed, 1, 'a frame that comes after all');
});

test('a frame without its key frame is a failure', (t) => {
  const { context, told } = start(t);
  assert.equal(context.decode(FRAME), null);
  assert.deepEqual(told, ['a frame without the key frame before it']);
});

test('a frame that does not come in time is a failure, and nothing that is due comes any more', (t) => {
  const { pass, context, codec, told, decode } = start(t);
  const first = decode(KEY_FRAME);
  pass(600);
  codec().give(0);
  const second = decode(FRAME);
  pass(999);
  assert.deepEqual([told, first.settled, second.settled], [['worked'], true, false]);
  pass(1);
  assert.deepEqual(told, ['worked', 'no frame within 1000 ms']);
  assert.deepEqual([second.settled, codec().closed], [true, true]);
  assert.equal(context.decode(FRAME), null, 'the next frame must be a key frame');
});

test('a context without work waits for nothing', (t) => {
  const { pass, codec, told, decode } = start(t);
  decode(KEY_FRAME);
  codec().give(0);
  pass(60_000);
  assert.deepEqual(told, ['worked']);
});

test('after a failure of the decoder a key frame opens a new one', (t) => {
  const { codec, codecs, told, decode } = start(t);
  const pending = decode(KEY_FRAME);
  codec().fail(new Error('broken'));
  assert.deepEqual([told, pending.settled, codec().closed], [['broken'], true, true]);
  decode(KEY_FRAME);
  assert.deepEqual([codecs.length, codec().configured.length], [2, 1]);
});

test('a decoder that cannot be opened, or does not know the profile, is a failure', (t) => {
  stopTime(t);
  /** @type {string[]} */
  const told = [];
  const without = new H264Context({ width: 16, height: 16 }, null);
  without.on('failed', ({ message }) => told.push(message));
  assert.equal(without.decode(KEY_FRAME), null);
  const codec = new SlowCodec();
  t.mock.method(codec, 'configure', () => {
    throw new Error('expected the baseline profile');
  });
  const refusing = new H264Context({ width: 16, height: 16 }, () => codec);
  refusing.on('failed', ({ message }) => told.push(message));
  assert.equal(refusing.decode(KEY_FRAME), null);
  assert.deepEqual(told, ['there is no video decoder', 'expected the baseline profile']);
});

test('a retired context gives what is due, and then lets go of its decoder without a word', (t) => {
  const { pass, context, codec, told, decode } = start(t);
  const pending = decode(KEY_FRAME);
  context.retire();
  assert.equal(codec().closed, false);
  codec().give(0);
  assert.deepEqual([pending.settled, codec().closed], [true, true]);
  pass(10_000);
  assert.deepEqual(told, ['worked']);
});

test('a retired context whose frames do not come is no failure any more', (t) => {
  const { pass, context, codec, told, decode } = start(t);
  const pending = decode(KEY_FRAME);
  context.retire();
  pass(1000);
  assert.deepEqual([told, pending.settled, codec().closed], [[], true, true]);
});
