// @ts-check
// Where the pictures begin in a byte stream of H.264, ITU-T H.264 annex B.

// Types of network abstraction layer units, ITU-T H.264 table 7-1.
const SLICE = 1;
const KEY_SLICE = 5;
const SEQUENCE_PARAMETERS = 7;

/**
 * One coded picture of an H.264 byte stream.
 *
 * @typedef {object} CodedPicture
 * @property {Uint8Array<ArrayBuffer>} data - with all units that come before its slices; a view
 * @property {boolean} key - whether it can be decoded without the pictures before it
 * @property {string | null} codec - as of RFC 6381, when it comes with a sequence parameter set
 */

/**
 * Cut a byte stream (ITU-T H.264 annex B) into pictures.
 *
 * @param {Uint8Array<ArrayBuffer>} stream - whole units
 * @returns {CodedPicture[]}
 */
export function picturesOf(stream) {
  /** @type {CodedPicture[]} */
  const pictures = [];
  /** @type {string | null} */
  let codec = null;
  let start = 0;
  let sliced = false;
  let key = false;
  const finish = (/** @type {number} */ end) => {
    pictures.push({ data: stream.subarray(start, end), key, codec });
    start = end;
    [sliced, key, codec] = [false, false, null];
  };
  for (const { code, unit } of unitsOf(stream)) {
    const type = (stream[unit] ?? 0) & 0x1f;
    const slice = type === SLICE || type === KEY_SLICE;
    // A slice starts with the number of its first macroblock, where a set bit is the code of 0.
    const first = slice && ((stream[unit + 1] ?? 0) & 0x80) !== 0;
    if (sliced && (first || !slice)) finish(code);
    if (type === SEQUENCE_PARAMETERS) codec = `avc1.${hex(stream.subarray(unit + 1, unit + 4))}`;
    sliced ||= slice;
    key ||= type === KEY_SLICE;
  }
  if (sliced) finish(stream.length);
  return pictures;
}

/**
 * Where the units are: the offset of each start code and of the byte behind it.
 *
 * @param {Uint8Array} stream
 */
function* unitsOf(stream) {
  for (let one = stream.indexOf(1, 2); one >= 0; one = stream.indexOf(1, one + 1)) {
    if (stream[one - 1] !== 0 || stream[one - 2] !== 0) continue;
    yield { code: stream[one - 3] === 0 ? one - 3 : one - 2, unit: one + 1 };
  }
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
