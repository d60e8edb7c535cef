// @ts-check

/** @import { OpenCodec, VideoOutput } from '../types' */

import { copyOf } from './frame-copies.js';

/**
 * The browser's decoder: in software where it can, because decoders in hardware take long to start, are few, and keep frames
 * back on some machines. Secure addresses only.
 *
 * @returns {Promise<OpenCodec | null>} null when the browser has none, or gives none to this page
 */
export async function findWebCodec() {
  if (!('VideoDecoder' in window)) return null;
  for (const hardwareAcceleration of /** @type {const} */ (['prefer-software', 'no-preference'])) {
    try {
      const config = { codec: 'avc1.42e01f', optimizeForLatency: true, hardwareAcceleration };
      const { supported } = await VideoDecoder.isConfigSupported(config);
      if (supported) return (output) => new WebCodec(hardwareAcceleration, output);
    } catch (error) {
      console.warn('Cannot ask for a video decoder:', error);
    }
  }
  return null;
}

class WebCodec {
  #acceleration;
  #decoder;
  #output;
  #copies;
  #given = Promise.resolve();

  /**
   * @param {HardwareAcceleration} acceleration
   * @param {VideoOutput} output
   */
  constructor(acceleration, output) {
    this.#acceleration = acceleration;
    this.#output = output;
    // What is in the memory of a graphics card is best drawn from there.
    this.#copies = acceleration === 'prefer-software';
    this.#decoder = new VideoDecoder({
      output: (frame) => {
        this.#given = this.#given.then(() => this.#give(frame));
      },
      error: (error) => output.failure(error),
    });
  }

  /**
   * @param {string} codec
   * @param {number} codedWidth
   * @param {number} codedHeight
   */
  configure(codec, codedWidth, codedHeight) {
    const hardwareAcceleration = this.#acceleration;
    this.#decoder.configure({ codec, codedWidth, codedHeight, optimizeForLatency: true, hardwareAcceleration });
  }

  /** @param {{key: boolean, timestamp: number, data: Uint8Array<ArrayBuffer>}} frame */
  decode({ key, timestamp, data }) {
    this.#decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp, data }));
  }

  close() {
    if (this.#decoder.state !== 'closed') this.#decoder.close();
  }

  /** @param {VideoFrame} frame */
  async #give(frame) {
    const { timestamp } = frame;
    const image = this.#copies ? await copyOf(frame) : frame;
    if (this.#decoder.state === 'closed') image.close();
    else this.#output.frame(image, timestamp);
  }
}
