// @ts-check

// ITU-R BT.601 in full range: what each value of a chroma plane adds to a colour.
const VALUES = Array.from({ length: 256 }, (_, value) => value - 128);
const RED_OF_V = Int16Array.from(VALUES, (v) => Math.round(1.402 * v));
const GREEN_OF_V = Int16Array.from(VALUES, (v) => Math.round(-0.714136 * v));
const GREEN_OF_U = Int16Array.from(VALUES, (u) => Math.round(-0.344136 * u));
const BLUE_OF_U = Int16Array.from(VALUES, (u) => Math.round(1.772 * u));

// A sum is never further than this from 0 to 255.
const BEYOND = 256;
const CLAMPED = Uint8ClampedArray.from({ length: 3 * BEYOND }, (_, index) => index - BEYOND);

/**
 * RGBA of a picture whose colours have half the resolution.
 *
 * @param {Uint8Array} planes - Y, U and V one after the other, BT.601 in full range
 * @param {number} width - even
 * @param {number} height - even
 */
export function pixelsOf(planes, width, height) {
  const rgba = new Uint32Array(width * height);
  const half = width >> 1;
  const firstU = width * height;
  const firstV = firstU + half * (height >> 1);
  for (let row = 0; row < height; row += 1) {
    const chroma = (row >> 1) * half;
    let at = row * width;
    for (let column = 0; column < half; column += 1) {
      const u = planes[firstU + chroma + column] ?? 0;
      const v = planes[firstV + chroma + column] ?? 0;
      const red = BEYOND + (RED_OF_V[v] ?? 0);
      const green = BEYOND + (GREEN_OF_V[v] ?? 0) + (GREEN_OF_U[u] ?? 0);
      const blue = BEYOND + (BLUE_OF_U[u] ?? 0);
      for (let pixel = 0; pixel < 2; pixel += 1, at += 1) {
        const y = planes[at] ?? 0;
        // Canvases hold red in the lowest byte; every browser's machine is little-endian.
        rgba[at] =
          0xff000000 |
          ((CLAMPED[y + blue] ?? 0) << 16) |
          ((CLAMPED[y + green] ?? 0) << 8) |
          (CLAMPED[y + red] ?? 0);
      }
    }
  }
  return new Uint8ClampedArray(rgba.buffer);
}
