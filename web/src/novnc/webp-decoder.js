// @ts-check
// Reads rectangles of WebP for noVNC: a length in four bytes, and a file without loss.

/** @import { Sock } from '@novnc/novnc' */
/** @import { QueuedDisplay } from './queued-display.js' */

const HEADER = 4;

/** One of noVNC's decoders. */
export class WebpDecoder {
  /**
   * noVNC's interface of a decoder.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {Sock} sock
   * @param {Pick<QueuedDisplay, 'imageRect'>} display
   * @returns {boolean} false when bytes are missing yet
   */
  decodeRect(x, y, width, height, sock, display) {
    if (sock.rQwait('WebP header', HEADER)) return false;
    const length = sock.rQshift32();
    if (sock.rQwait('WebP file', length, HEADER)) return false;
    display.imageRect(x, y, width, height, 'image/webp', sock.rQshiftBytes(length, false));
    return true;
  }
}
