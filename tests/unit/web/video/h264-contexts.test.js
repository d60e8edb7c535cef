// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */
/** @import { OpenCodec } from '../../../../web/src/video/codec' */

import { H264Contexts } from '../../../../web/src/video/h264-contexts.js';
import { stopTime } from '../clock.js';
import { FRAME, KEY_FRAME } from './annexb.js';
import { SlowCodec } from './codec.js';

const AREA = { x: 0, y: 0, width: 128, height: 64 };

/**
 * The contexts of a connection, when it is known which decoders the page has.
 *
 * @param {TestContext} t
 */
async function start(t, { any = true, baseline = true } = {}) {
  const pass = stopTime(t);
  t.mock.method(console, 'warn', () => {});
  /** @type {SlowCodec[]} */
  const codecs = [];
  /** @type {OpenCodec} */
  const open = () => {
    const codec = new SlowCodec();
    codecs.push(codec);
    return codec;
  };
  const contexts = new H264Contexts({
    limited: false,
    findAny: () => Promise.resolve(any ? open : null),
    findBaseline: () => Promise.resolve(baseline ? open : null),
  });
  /** @type {unknown[]} */
  const told = [];
  contexts.on('changed', () => told.push(contexts.usable));
  contexts.on('lost', (area) => told.push(area));
  assert.equal(contexts.usable, false, 'not before it is known');
  await settle();
  /** A frame without its key frame. */
  const fail = () => contexts.of(AREA).decode(FRAME);
  return { pass, contexts, codecs, told, fail };
}

/** All that promises have to do is done. */
function settle() {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('video is usable once a decoder has been found', async (t) => {
  const { contexts, told } = await start(t);
  assert.deepEqual([contexts.usable, contexts.baseline, told], [true, false, [true]]);
});

test('a decoder of the limited range is told of once', async (t) => {
  const { contexts, codecs, told } = await start(t);
  contexts.of(AREA).decode(KEY_FRAME);
  assert.equal(contexts.limited, false);
  codecs[0]?.limit();
  codecs[0]?.limit();
  assert.deepEqual([contexts.limited, contexts.usable, told], [true, true, [true, true]]);
});

test('without a decoder video is not usable', async (t) => {
  const { contexts, told } = await start(t, { any: false });
  assert.deepEqual([contexts.usable, told], [false, []]);
});

test('the decoder in WebAssembly is for pages that get none of the browser', async (t) => {
  const { contexts, told } = await start(t, { any: false });
  await contexts.takeBaseline();
  assert.deepEqual([contexts.usable, contexts.baseline, told], [true, true, [true]]);
});

test('a page with the browser’s decoder does not ask for the baseline profile', async (t) => {
  const { contexts } = await start(t);
  await contexts.takeBaseline();
  assert.deepEqual([contexts.usable, contexts.baseline], [true, false]);
});

test('a page that gets no decoder at all goes without video', async (t) => {
  const { contexts } = await start(t, { any: false, baseline: false });
  await contexts.takeBaseline();
  assert.equal(contexts.usable, false);
});

test('each rectangle has a context of its own', async (t) => {
  const { contexts } = await start(t);
  const one = contexts.of(AREA);
  assert.equal(contexts.of({ ...AREA }), one);
  for (const other of [{ x: 1 }, { y: 1 }, { width: 127 }, { height: 63 }]) {
    assert.notEqual(contexts.of({ ...AREA, ...other }), one);
  }
  contexts.clear();
  assert.notEqual(contexts.of(AREA), one);
});

test('of more than 64 contexts the longest unused one is let go', async (t) => {
  const { contexts, codecs } = await start(t);
  const first = contexts.of(AREA);
  const second = contexts.of({ ...AREA, x: 1 });
  second.decode(KEY_FRAME);
  codecs[0]?.give(0);
  for (let x = 2; x < 64; x += 1) contexts.of({ ...AREA, x });
  contexts.of(AREA);
  contexts.of({ ...AREA, x: 64 });
  assert.equal(contexts.of(AREA), first);
  assert.equal(codecs[0]?.closed, true);
  assert.notEqual(contexts.of({ ...AREA, x: 1 }), second);
});

test('a failure costs a pause of a minute, and the area has to come again', async (t) => {
  const { pass, contexts, told, fail } = await start(t);
  fail();
  assert.deepEqual(told, [true, false, AREA]);
  fail();
  assert.equal(told.length, 3, 'while it pauses nothing is told');
  pass(59_999);
  assert.equal(contexts.usable, false);
  pass(1);
  assert.deepEqual(told.slice(3), [true]);
});

test('what the browser took from an idle page is asked for again after a second', async (t) => {
  const { pass, contexts, codecs } = await start(t);
  contexts.of(AREA).decode(KEY_FRAME);
  codecs[0]?.fail(new DOMException('Codec reclaimed due to inactivity.', 'QuotaExceededError'));
  assert.equal(contexts.usable, false);
  pass(1000);
  assert.equal(contexts.usable, true);
});

test('after a pause the contexts are new', async (t) => {
  const { pass, contexts, fail } = await start(t);
  const before = contexts.of(AREA);
  fail();
  pass(60_000);
  assert.notEqual(contexts.of(AREA), before);
});

test('after three failures without a frame between them there is no more video', async (t) => {
  const { pass, contexts, fail } = await start(t);
  for (let failure = 0; failure < 3; failure += 1) {
    assert.equal(contexts.usable, true);
    fail();
    pass(60_000);
  }
  pass(600_000);
  assert.equal(contexts.usable, false);
});

test('a frame that comes forgives the failures before it', async (t) => {
  const { pass, contexts, codecs, fail } = await start(t);
  for (let failure = 0; failure < 6; failure += 1) {
    contexts.of(AREA).decode(KEY_FRAME);
    codecs.at(-1)?.give(0);
    contexts.clear();
    fail();
    pass(60_000);
  }
  assert.equal(contexts.usable, true);
});

test('a connection that has ended uses and tells nothing', async (t) => {
  const { pass, contexts, codecs, told, fail } = await start(t);
  contexts.of({ ...AREA, x: 128 }).decode(KEY_FRAME);
  codecs[0]?.give(0);
  fail();
  contexts.close();
  pass(600_000);
  assert.equal(contexts.usable, false);
  assert.equal(codecs[0]?.closed, true);
  assert.deepEqual(told, [true, false, AREA]);
});
