// @ts-check
// Which encodings the client asks for, and how pixels have come: numbers and names from RFC 6143 section 7.7 and the rfbproto
// registry.

export const COPYRECT = 1;
export const H264 = 50;
// Ours alone: of H.264 the viewer knows the baseline profile only. ASCII, as VMware's: "dd" and the profile's number.
const BASELINE_ONLY = 0x64643432;
// Ours alone, "ddsc": a picture of H.264 may be of several slices.
const SLICES = 0x64647363;
// Ours alone, "ddhs": a picture of H.264 may have half the size of its rectangle.
const HALVED = 0x64646873;
// Ours alone, "ddlr": the decoder takes luma and chroma of H.264 for 16 to 235 and 240, whatever the stream says.
const LIMITED_RANGE = 0x64646c72;
// Ours alone, "ddwp": the length of a WebP file without loss in four bytes, and that file.
export const WEBP = 0x64647770;
const TIGHT = 7;
const JPEG = 21;
const TIGHT_PNG = -260;
const [RAW, RRE, HEXTILE, ZLIB, ZRLE] = [0, 2, 5, 6, 16];

// Pseudo-encodings: the least of ten levels each, and what the client can do besides.
const LEAST_QUALITY = -32;
const LEAST_COMPRESSION = -256;
const ABILITIES = [
  -223, // DesktopSize
  -224, // LastRect
  -258, // QEMU Extended Key Event
  -261, // QEMU LED State
  -308, // ExtendedDesktopSize
  -309, // xvp
  -312, // Fence
  -313, // ContinuousUpdates
  -307, // DesktopName
  0xc0a1e5ce - 2 ** 32, // Extended Clipboard
  -316, // ExtendedMouseButtons
  0x574d5664, // VMware Cursor
  -239, // Cursor
  SLICES,
  HALVED,
];

// Upper half of the compression control that starts a rectangle of the Tight encodings.
const TIGHT_JPEG = 9;

/** @typedef {'H.264' | 'JPEG' | 'lossless'} Codec */

/**
 * What the client asks for, the best first.
 *
 * @param {object} wishes
 * @param {'none' | 'baseline' | 'any'} wishes.video - profiles of H.264 that can be decoded
 * @param {boolean} [wishes.limited] - whether these show the limited range alone rightly
 * @param {number | null} wishes.quality - of JPEG, 0 to 9; null for none: a server that is not asked for a quality sends
 *   no JPEG
 * @param {number} wishes.compression - 0 to 9
 */
export function encodings({ video, limited = false, quality, compression }) {
  return [
    COPYRECT,
    ...(video === 'none' ? [] : [H264]),
    ...[TIGHT, WEBP, TIGHT_PNG, ZRLE, JPEG, HEXTILE, RRE, ZLIB, RAW],
    ...(quality === null ? [] : [LEAST_QUALITY + quality]),
    LEAST_COMPRESSION + compression,
    ...ABILITIES,
    ...(video === 'baseline' ? [BASELINE_ONLY] : []),
    ...(limited ? [LIMITED_RANGE] : []),
  ];
}

/**
 * How a rectangle's pixels were encoded.
 *
 * @param {number | null} encoding - any but CopyRect
 * @param {number | undefined} first - its first byte
 * @returns {Codec}
 */
export function codecOf(encoding, first = 0) {
  if (encoding === H264) return 'H.264';
  const tight = encoding === TIGHT || encoding === TIGHT_PNG;
  return encoding === JPEG || (tight && first >> 4 === TIGHT_JPEG) ? 'JPEG' : 'lossless';
}
