// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { COPYRECT, H264, codecOf, encodings } from '../../../../web/src/novnc/encodings.js';

const JPEG = 21;
const TIGHT = 7;
const TIGHT_PNG = -260;
const BASELINE_ONLY = 0x64643432;
const LIMITED_RANGE = 0x64646c72;
const PLAIN = /** @type {const} */ ({ video: 'any', quality: 6, compression: 2 });

/**
 * The levels asked for, of JPEG's quality and of compression.
 *
 * @param {number[]} asked
 */
function levels(asked) {
  return [
    asked.filter((one) => one >= -32 && one <= -23).map((one) => one + 32),
    asked.filter((one) => one >= -256 && one <= -247).map((one) => one + 256),
  ];
}

test('copies come first, then video, and raw pixels last', () => {
  const asked = encodings(PLAIN);
  assert.deepEqual(asked.slice(0, 3), [COPYRECT, H264, TIGHT]);
  const pixels = [H264, TIGHT, TIGHT_PNG, 16, JPEG, 5, 2, 6, 0];
  assert.deepEqual(asked.filter((one) => pixels.includes(one)).at(-1), 0);
});

test('video is asked for only where it can be decoded', () => {
  assert.equal(encodings({ ...PLAIN, video: 'none' }).includes(H264), false);
  assert.equal(encodings(PLAIN).includes(BASELINE_ONLY), false);
  const baseline = encodings({ ...PLAIN, video: 'baseline' });
  assert.deepEqual([baseline.includes(H264), baseline.includes(BASELINE_ONLY)], [true, true]);
});

test('the limited range is asked for where no other is shown', () => {
  assert.equal(encodings(PLAIN).includes(LIMITED_RANGE), false);
  assert.equal(encodings({ ...PLAIN, limited: true }).includes(LIMITED_RANGE), true);
});

test('quality and compression are the levels of their pseudo-encodings', () => {
  assert.deepEqual(levels(encodings({ ...PLAIN, quality: 0, compression: 0 })), [[0], [0]]);
  assert.deepEqual(levels(encodings({ ...PLAIN, quality: 9, compression: 9 })), [[9], [9]]);
});

test('without a quality there is none to ask for', () => {
  assert.deepEqual(levels(encodings({ ...PLAIN, quality: null })), [[], [2]]);
});

test('all are signed numbers of 32 bits, each asked for once', () => {
  const asked = encodings({ ...PLAIN, video: 'baseline' });
  assert.deepEqual(asked, [...new Set(asked)]);
  for (const one of asked) assert.equal(one, one | 0);
});

test('a rectangle’s codec is known from its encoding and first byte', () => {
  assert.equal(codecOf(H264, 0), 'H.264');
  assert.equal(codecOf(JPEG, 0xff), 'JPEG');
  assert.equal(codecOf(TIGHT, 0x90), 'JPEG');
  assert.equal(codecOf(TIGHT_PNG, 0x9f), 'JPEG');
  assert.equal(codecOf(TIGHT, 0x80), 'lossless', 'a fill');
  assert.equal(codecOf(TIGHT_PNG, 0xa0), 'lossless', 'PNG');
  assert.equal(codecOf(0, 0x90), 'lossless', 'raw pixels');
  assert.equal(codecOf(TIGHT, undefined), 'lossless', 'an empty rectangle');
  assert.equal(codecOf(null), 'lossless');
});
