// @ts-check
// What tells two files of one name, size and time apart without reading all of either.

const PART = 65_536;
// FNV-1a, 32 bits: draft-eastlake-fnv.
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * 32 bits of what stands at the beginning, in the middle and at the end of a file, as text.
 *
 * @param {Blob} file
 */
export async function sample(file) {
  const starts = [0, Math.floor(file.size / 2), Math.max(0, file.size - PART)];
  const parts = starts.map((start) => file.slice(start, start + PART));
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return bytes.reduce((sum, byte) => Math.imul(sum ^ byte, PRIME) >>> 0, BASIS).toString(16);
}
