// @ts-check

// Numbers and names from RFC 6143 section 7.7 and the rfbproto registry.
export const COPYRECT = 1;
const TIGHT = 7;
const JPEG = 21;
const TIGHT_PNG = -260;

const NAMES = new Map([
  [0, 'raw'],
  [2, 'rre'],
  [5, 'hextile'],
  [6, 'zlib'],
  [TIGHT, 'tight'],
  [16, 'zrle'],
  [JPEG, 'jpeg'],
  [50, 'h264'],
  [TIGHT_PNG, 'tightpng'],
]);

// Upper half of the compression control that starts a rectangle of the Tight encodings.
const TIGHT_JPEG = 9;

/**
 * The name of an encoding that carries pixels, null for any other.
 *
 * @param {number | null} encoding
 */
export function nameOf(encoding) {
  return NAMES.get(encoding ?? NaN) ?? null;
}

/**
 * Whether a rectangle holds JPEG.
 *
 * @param {number | null} encoding
 * @param {number | null} first - its first byte
 */
export function isLossy(encoding, first) {
  if (encoding === JPEG) return true;
  return (encoding === TIGHT || encoding === TIGHT_PNG) && first !== null && first >> 4 === TIGHT_JPEG;
}
