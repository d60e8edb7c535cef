// @ts-check
// The browser's own decoder of H.264, WebCodecs.

/** @import { CodecEvents, CodedFrame, OpenCodec } from './codec' */
/** @import { FrameCopier } from './frame-copier.js' */

import { Emitter } from '../emitter.js';

/**
 * The browser's decoder: in software where it can, because decoders in hardware take long to start, are few, and keep frames
 * back on some machines. Secure addresses only.
 *
 * @param {FrameCopier} copier
 * @returns {Promise<OpenCodec | null>} null when the browser has none, or gives none to this page
 */
export async function findWebCodec(copier) {
  if (!('VideoDecoder' in window)) return null;
  for (const hardwareAcceleration of /** @type {const} */ (['prefer-software', 'no-preference'])) {
    try {
      const config = { codec: 'avc1.42e01f', optimizeForLatency: true, hardwareAcceleration };
      const { supported } = await VideoDecoder.isConfigSupported(config);
      if (supported) return () => new WebCodec(hardwareAcceleration, copier);
    } catch (error) {
      console.warn('Cannot ask for a video decoder:', error);
    }
  }
  return null;
}

/** @extends {Emitter<CodecEvents>} */
class WebCodec extends Emitter {
  #acceleration;
  #copier;
  #decoder;
  #given = Promise.resolve();

  /**
   * @param {HardwareAcceleration} acceleration
   * @param {FrameCopier} copier
   */
  constructor(acceleration, copier) {
    super();
    this.#acceleration = acceleration;
    // What is in the memory of a graphics card is best drawn from there.
    this.#copier = acceleration === 'prefer-software' ? copier : null;
    this.#decoder = new VideoDecoder({
      output: (frame) => {
        this.#given = this.#given.then(() => this.#give(frame));
      },
      error: (error) => this.emit('failure', error),
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

  /** @param {CodedFrame} frame */
  decode({ key, timestamp, data }) {
    this.#decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp, data }));
  }

  close() {
    if (this.#decoder.state !== 'closed') this.#decoder.close();
  }

  /** @param {VideoFrame} frame */
  async #give(frame) {
    const { timestamp } = frame;
    if (frame.colorSpace.fullRange === false) this.emit('limited');
    const image = this.#copier ? await this.#copier.copy(frame) : frame;
    if (this.#decoder.state === 'closed') image.close();
    else this.emit('frame', { image, timestamp });
  }
}
