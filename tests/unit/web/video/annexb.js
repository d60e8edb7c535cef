// @ts-check
// Byte streams of H.264 for the tests, as far as the client reads them: units with their types, and nothing behind these.

/**
 * Units of a byte stream, each with a start code of three bytes.
 *
 * @param {number[][]} units
 */
export function stream(...units) {
  return new Uint8Array(units.flatMap((unit) => [0, 0, 1, ...unit]));
}

/** A sequence parameter set of the constrained baseline profile, level 3.1. */
export const PARAMETERS = [0x67, 0x42, 0xe0, 0x1f, 0x9a];
/** One of the high profile, level 4. */
export const HIGH_PARAMETERS = [0x67, 0x64, 0x00, 0x28, 0x9a];
export const PICTURE_PARAMETERS = [0x68, 0xce, 0x3c, 0x80];
/** The first slice of a key frame: its first macroblock is 0. */
export const KEY_SLICE = [0x65, 0x88, 0x84];
/** The first slice of another frame. */
export const SLICE = [0x41, 0x9a, 0x02];
/** A slice that begins with a later macroblock. */
export const LATER_SLICE = [0x41, 0x25, 0x02];

export const KEY_FRAME = stream(PARAMETERS, PICTURE_PARAMETERS, KEY_SLICE);
export const FRAME = stream(SLICE);
