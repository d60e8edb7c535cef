// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { picturesOf } from '../../../../web/src/video/annexb.js';
import {
  FRAME,
  HIGH_PARAMETERS,
  KEY_FRAME,
  KEY_SLICE,
  LATER_SLICE,
  PARAMETERS,
  PICTURE_PARAMETERS,
  SLICE,
  stream,
} from './annexb.js';

/** Supplemental enhancement information. */
const SEI = [0x06, 0x05, 0x01];

test('a key frame comes with its parameter sets and their codec', () => {
  const [picture, ...others] = picturesOf(KEY_FRAME);
  assert.deepEqual(others, []);
  assert.deepEqual(picture, { data: KEY_FRAME, key: true, codec: 'avc1.42e01f' });
});

test('the codec is that of the parameter set', () => {
  assert.equal(picturesOf(stream(HIGH_PARAMETERS, PICTURE_PARAMETERS, KEY_SLICE))[0]?.codec, 'avc1.640028');
});

test('another frame needs the ones before it', () => {
  assert.deepEqual(picturesOf(FRAME), [{ data: FRAME, key: false, codec: null }]);
});

test('each picture is cut where the units before its first slice begin', () => {
  const bytes = stream(PARAMETERS, PICTURE_PARAMETERS, KEY_SLICE, SLICE, SEI, SLICE);
  const pictures = picturesOf(bytes);
  assert.deepEqual(
    pictures.map(({ data, key, codec }) => [[...data], key, codec]),
    [
      [[...stream(PARAMETERS, PICTURE_PARAMETERS, KEY_SLICE)], true, 'avc1.42e01f'],
      [[...stream(SLICE)], false, null],
      [[...stream(SEI, SLICE)], false, null],
    ],
  );
});

test('a picture may have several slices', () => {
  const bytes = stream(SLICE, LATER_SLICE, LATER_SLICE);
  assert.deepEqual(picturesOf(bytes), [{ data: bytes, key: false, codec: null }]);
});

test('start codes may have four bytes, which belong to their picture', () => {
  const bytes = new Uint8Array([0, 0, 0, 1, ...SLICE, 0, 0, 0, 1, ...SLICE]);
  assert.deepEqual(
    picturesOf(bytes).map(({ data }) => data.length),
    [7, 7],
  );
});

test('a one within a unit is no start code', () => {
  const bytes = stream([...SLICE, 1, 0, 1, 0, 3, 1]);
  assert.equal(picturesOf(bytes).length, 1);
});

test('the pictures are views of the stream, not copies', () => {
  const bytes = stream(SLICE);
  assert.equal(picturesOf(bytes)[0]?.data.buffer, bytes.buffer);
});

test('what has no slice is no picture', () => {
  assert.deepEqual(picturesOf(new Uint8Array()), []);
  assert.deepEqual(picturesOf(new Uint8Array([0, 0, 1])), []);
  assert.deepEqual(picturesOf(new Uint8Array([7, 7, 7, 7])), []);
  assert.deepEqual(picturesOf(stream(PARAMETERS, PICTURE_PARAMETERS)), []);
});
