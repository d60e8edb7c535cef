// @ts-check
// Pixels of planes, converted in WebAssembly: yuv.wat.

import code from './yuv.wat';

// Side in pixels of the blocks that are converted.
const BLOCK = 16;
const PAGE = 65_536;

/** Whether the browser can convert. */
export const possible = 'WebAssembly' in globalThis && WebAssembly.validate(code);

const module = possible ? new WebAssembly.Module(code) : null;

/** @typedef {(y: number, u: number, v: number, rgba: number, stride: number, height: number) => void} Convert */

/** Memory for a picture whose colours have half the resolution (I420), and for its pixels. */
export class Planes {
  #convert;
  /** @type {ImageData | null} */
  #image = null;

  /**
   * @param {number} width - in pixels, even
   * @param {number} height - even
   * @throws {Error} where that is not possible, or memory is missing
   */
  constructor(width, height) {
    if (!module) throw new Error('this browser cannot convert pixels in WebAssembly');
    const exported = new WebAssembly.Instance(module).exports;
    const memory = /** @type {WebAssembly.Memory} */ (exported['memory']);
    const convert = /** @type {Convert} */ (exported['convert']);
    const stride = Math.ceil(width / BLOCK) * BLOCK;
    const luma = stride * height;
    const planes = luma * 1.5;
    memory.grow(Math.ceil((planes + 4 * luma) / PAGE));

    this.width = width;
    this.height = height;
    /** Y, U and V one after the other, each row with its stride. */
    this.bytes = new Uint8Array(memory.buffer, 0, planes);
    /** Where each plane begins, and the bytes from one row to the next. */
    this.layout = [
      { offset: 0, stride },
      { offset: luma, stride: stride / 2 },
      { offset: luma * 1.25, stride: stride / 2 },
    ];
    /** What `convert` makes: RGBA, a row as wide as the stride of the luma. */
    this.pixels = new Uint8ClampedArray(memory.buffer, planes, 4 * luma);
    this.#convert = () => convert(0, luma, luma * 1.25, planes, stride, height);
  }

  /** The pixels as a browser draws them, as wide as the stride; the same memory. */
  get image() {
    return (this.#image ??= new ImageData(this.pixels, this.pixels.length / 4 / this.height, this.height));
  }

  /** Make pixels of the planes, which are of BT.601 in full range. */
  convert() {
    this.#convert();
  }
}
