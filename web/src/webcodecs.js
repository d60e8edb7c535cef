// @ts-check

/** @import { Image, OpenCodec, VideoOutput } from './types' */

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
  #copies;
  /** @type {ImageData[]} memory of frames that have been drawn */
  #spare = [];

  /**
   * @param {HardwareAcceleration} acceleration
   * @param {VideoOutput} output
   */
  constructor(acceleration, output) {
    this.#acceleration = acceleration;
    // What is in the memory of a graphics card is best drawn from there.
    this.#copies = acceleration === 'prefer-software';
    this.#decoder = new VideoDecoder({
      output: async (frame) => {
        const { timestamp } = frame;
        output.frame(await this.#image(frame), timestamp);
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

  /**
   * Browsers copy the pixels of a frame in half the time in which they draw it.
   *
   * @param {VideoFrame} frame
   * @returns {Promise<Image>}
   */
  async #image(frame) {
    if (!this.#copies || !frame.visibleRect) return frame;
    const { width, height } = frame.visibleRect;
    const spare = this.#spare.pop();
    const data = spare?.width === width && spare.height === height ? spare : new ImageData(width, height);
    try {
      await frame.copyTo(data.data, { format: 'RGBA', colorSpace: 'srgb' });
    } catch (error) {
      console.warn('Cannot copy frames, which are drawn as they are:', error);
      this.#copies = false;
      return frame;
    }
    frame.close();
    return { data, close: () => this.#spare.push(data) };
  }
}
