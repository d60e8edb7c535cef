// @ts-check
import assert from 'node:assert/strict';
import { register } from 'node:module';
import { test } from 'node:test';

register('./wat-hooks.js', import.meta.url);
const { Planes, possible } = await import('../../../../web/src/video/yuv.js');

/**
 * A pixel of BT.601 in full range, ITU-T T.871.
 *
 * @param {number} y
 * @param {number} cb
 * @param {number} cr
 */
function colour(y, cb, cr) {
  const exact = [
    y + 1.402 * (cr - 128),
    y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
    y + 1.772 * (cb - 128),
  ];
  return exact.map((value) => Math.min(255, Math.max(0, value)));
}

/**
 * Fill planes by a function of each pixel's place.
 *
 * @param {InstanceType<typeof Planes>} planes
 * @param {(x: number, y: number) => [y: number, cb: number, cr: number]} at
 */
function fill(planes, at) {
  const [luma, cb, cr] = /** @type {[{offset: number, stride: number}, any, any]} */ (planes.layout);
  for (let y = 0; y < planes.height; y += 1) {
    for (let x = 0; x < planes.width; x += 1) {
      const [Y, U, V] = at(x, y);
      planes.bytes[luma.offset + y * luma.stride + x] = Y;
      planes.bytes[cb.offset + (y >> 1) * cb.stride + (x >> 1)] = U;
      planes.bytes[cr.offset + (y >> 1) * cr.stride + (x >> 1)] = V;
    }
  }
  planes.convert();
}

/**
 * @param {InstanceType<typeof Planes>} planes
 * @param {number} x
 * @param {number} y
 */
function pixel(planes, x, y) {
  const stride = planes.layout[0]?.stride ?? 0;
  return [...planes.pixels.subarray(4 * (y * stride + x), 4 * (y * stride + x) + 4)];
}

/**
 * @param {number[]} rgba
 * @param {number[]} rgb
 */
function assertNear(rgba, rgb) {
  const off = rgb.map((value, index) => Math.abs(value - (rgba[index] ?? NaN)));
  assert.ok(off.every((difference) => difference <= 1), `${rgba} is not ${rgb}`);
  assert.equal(rgba[3], 255);
}

test('Node.js converts, as browsers do', () => {
  assert.equal(possible, true);
});

test('every colour is that of BT.601 in full range, to one step', () => {
  const steps = [0, 1, 15, 64, 127, 128, 129, 200, 254, 255];
  const planes = new Planes(16, 2);
  for (const luma of steps) {
    for (const cb of steps) {
      for (const cr of steps) {
        fill(planes, () => [luma, cb, cr]);
        assertNear(pixel(planes, 0, 0), colour(luma, cb, cr));
        assert.deepEqual(pixel(planes, 15, 1), pixel(planes, 0, 0));
      }
    }
  }
});

test('black and white are exact', () => {
  const planes = new Planes(2, 2);
  fill(planes, () => [0, 128, 128]);
  assert.deepEqual(pixel(planes, 0, 0), [0, 0, 0, 255]);
  fill(planes, () => [255, 128, 128]);
  assert.deepEqual(pixel(planes, 0, 0), [255, 255, 255, 255]);
});

for (const [width, height] of /** @type {const} */ ([[16, 2], [18, 4], [64, 64], [90, 50], [2, 2]])) {
  test(`every pixel of ${width} x ${height} is at its place`, () => {
    const planes = new Planes(width, height);
    /** @type {(x: number, y: number) => [y: number, cb: number, cr: number]} */
    const at = (x, y) => [(x * 7 + y * 31) % 256, ((x >> 1) * 13) % 256, ((y >> 1) * 17) % 256];
    fill(planes, at);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) assertNear(pixel(planes, x, y), colour(...at(x, y)));
    }
  });
}

test('planes lie one after the other, in rows of whole blocks', () => {
  const planes = new Planes(90, 50);
  assert.deepEqual(planes.layout, [
    { offset: 0, stride: 96 },
    { offset: 4800, stride: 48 },
    { offset: 6000, stride: 48 },
  ]);
  assert.equal(planes.bytes.length, 7200);
  assert.equal(planes.pixels.length, 4 * 4800);
});

test('two pictures do not share their memory', () => {
  const [one, other] = [new Planes(16, 2), new Planes(16, 2)];
  fill(one, () => [255, 128, 128]);
  fill(other, () => [0, 128, 128]);
  assert.deepEqual(pixel(one, 0, 0), [255, 255, 255, 255]);
});

test('a picture larger than all memory is an error', () => {
  assert.throws(() => new Planes(1 << 20, 1 << 20), RangeError);
});
