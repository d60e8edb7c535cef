// @ts-check
// JPEG, PNG and WebP; video has a room of its own.

/** @import { Image } from './pending-image.js' */

import { PendingImage } from './pending-image.js';

/** Decodes JPEG, PNG and WebP files, away from the page's own thread. */
export class StillDecoder {
  // ImageDecoder takes bytes as they are, a Blob makes a detour through another process. Secure addresses only.
  #direct = 'ImageDecoder' in window;

  /**
   * @param {string} type - MIME type of the file
   * @param {Uint8Array<ArrayBuffer>} bytes - copied before this returns
   */
  decode(type, bytes) {
    const image = new PendingImage();
    this.#decode(type, bytes.slice()).then(
      (decoded) => image.settle(decoded),
      (error) => {
        console.warn(`Cannot decode an image of type ${type}:`, error);
        image.settle(null);
      },
    );
    return image;
  }

  /**
   * @param {string} type
   * @param {Uint8Array<ArrayBuffer>} data
   * @returns {Promise<Image>}
   */
  async #decode(type, data) {
    if (this.#direct) {
      const decoder = new ImageDecoder({ type, data, colorSpaceConversion: 'none' });
      try {
        return (await decoder.decode()).image;
      } catch {
        // A browser may have the class without the format; a broken file fails below as well.
        this.#direct = await ImageDecoder.isTypeSupported(type);
      } finally {
        decoder.close();
      }
    }
    return createImageBitmap(new Blob([data], { type }), { colorSpaceConversion: 'none' });
  }
}
