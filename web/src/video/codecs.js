// @ts-check
// Which decoders of H.264 the page has; they outlive a connection.

/** @import { OpenCodec } from './codec' */

import { FrameCopier } from './frame-copier.js';
import { startWasmCodec } from './wasm-codec.js';
import { findWebCodec } from './web-codec.js';

/** The decoders of a page, for all its connections. */
export class Codecs {
  /** Whether the browser's takes all streams for ones of limited range, as a frame has told. */
  limited = false;
  #copier = new FrameCopier();
  /** @type {Promise<OpenCodec | null> | null} */
  #baseline = null;

  /**
   * The browser's own, for any profile.
   *
   * @returns {Promise<OpenCodec | null>} null when it has none, or gives none to this page
   */
  findAny() {
    return findWebCodec(this.#copier);
  }

  /**
   * The one in WebAssembly, for the baseline profile; it is loaded when it is first asked for.
   *
   * @returns {Promise<OpenCodec | null>} null where there is none
   */
  findBaseline() {
    return (this.#baseline ??= startWasmCodec());
  }
}
