// @ts-check

/** @import { Image } from '../types' */

import { Picture } from './pending-image.js';

/** Decodes JPEG and PNG files, away from the page's own thread. */
export class Stills {
  // ImageDecoder takes bytes as they are, a Blob makes a detour through another process. Secure addresses only.
  #direct = 'ImageDecoder' in window;

  /**
   * @param {string} type - MIME type of the file
   * @param {Uint8Array<ArrayBuffer>} bytes - copied before this returns
   */
  decode(type, bytes) {
    const picture = new Picture();
    this.#decode(type, bytes.slice()).then(
      (image) => picture.settle(image),
      (error) => {
        console.warn(`Cannot decode a picture of type ${type}:`, error);
        picture.settle(null);
      },
    );
    return picture;
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
