// @ts-check
// The message of a fence, rfbproto "ServerFence".

/** @import { Sock } from '@novnc/novnc' */

// Type, padding, flags and length.
const HEADER = 9;
const MOST_BYTES = 64;
// The other side is to answer.
export const REQUEST = 2 ** 31;
// The answer waits until all before it has taken effect.
export const BLOCK_BEFORE = 1;
const BLOCK_AFTER = 2;

/**
 * Read a fence whose type has been read.
 *
 * @param {Sock} sock
 * @returns {{asks: boolean, flags: number, payload: string} | null} whether it asks for an answer, and which; or is itself the
 *   answer to one of ours. null when bytes are missing yet
 * @throws {Error} when the message is none of a server's
 */
export function readFence(sock) {
  if (sock.rQwait('ServerFence', HEADER - 1, 1)) return null;
  sock.rQskipBytes(3);
  const flags = sock.rQshift32();
  const length = sock.rQshift8();
  if (sock.rQwait('ServerFence payload', length, HEADER)) return null;
  const payload = sock.rQshiftStr(length);
  if (length > MOST_BYTES) throw new Error(`a fence of ${length} bytes, expected at most ${MOST_BYTES}`);
  return { asks: (flags & REQUEST) !== 0, flags: flags & (BLOCK_BEFORE | BLOCK_AFTER), payload };
}
