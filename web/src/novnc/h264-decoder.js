// @ts-check
// Reads rectangles of encoding 50 for noVNC; video/ decodes what is in them.

/** @import { Sock } from '@novnc/novnc' */
/** @import { H264Contexts } from '../video/h264-contexts.js' */
/** @import { QueuedDisplay } from './queued-display.js' */

// Flags of a rectangle, rfbproto "Open H.264 Encoding".
const RESET_CONTEXT = 1;
const RESET_ALL_CONTEXTS = 2;
// Length and flags.
const HEADER = 8;

/** One of noVNC's decoders. */
export class H264Decoder {
  #contexts;

  /** @param {Pick<H264Contexts, 'of' | 'clear'>} contexts */
  constructor(contexts) {
    this.#contexts = contexts;
  }

  /**
   * noVNC's interface of a decoder.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {Sock} sock
   * @param {Pick<QueuedDisplay, 'videoFrame'>} display
   * @returns {boolean} false when bytes are missing yet
   */
  decodeRect(x, y, width, height, sock, display) {
    if (sock.rQwait('H.264 header', HEADER)) return false;
    const length = sock.rQshift32();
    const flags = sock.rQshift32();
    if (sock.rQwait('H.264 payload', length, HEADER)) return false;
    const payload = sock.rQshiftBytes(length, false);
    if (flags & RESET_ALL_CONTEXTS) this.#contexts.clear();
    const context = this.#contexts.of({ x, y, width, height });
    if (flags & RESET_CONTEXT) context.reset();
    const image = context.decode(payload);
    if (image) display.videoFrame(x, y, width, height, image);
    return true;
  }
}
