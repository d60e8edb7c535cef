// @ts-check
// The thread that decodes H.264 for wasm-codec.js, with tinyh264 (h264bsd in WebAssembly).

/** @import { DecodeAnswer, DecodeRequest } from './wasm-messages' */

import TinyH264 from 'tinyh264/es/TinyH264.js';

import { Planes, possible } from './yuv.js';

// h264bsdDecode's answer when there is a picture.
const PICTURE = 1;
// Room for one coded picture, in bytes.
const ROOM = 1 << 20;

/** @typedef {Awaited<ReturnType<typeof TinyH264>>} Library */

/** One H.264 stream in the library's memory. */
class Stream {
  #library;
  #state;
  #input;
  #result;
  /** @type {Planes | null} */
  #planes = null;

  /** @param {Library} library */
  constructor(library) {
    this.#library = library;
    this.#state = library._h264bsdAlloc();
    this.#input = library._malloc(ROOM);
    this.#result = library._malloc(12);
    library._h264bsdInit(this.#state, 0);
  }

  /**
   * @param {Uint8Array} data - one picture in Annex B, with its parameter sets
   * @throws {Error} when it cannot be decoded
   */
  decode(data) {
    if (data.length > ROOM) throw new Error(`a frame of ${data.length} bytes, expected at most ${ROOM}`);
    this.#library.HEAPU8.set(data, this.#input);
    const result = this.#result;
    const answer = this.#library._h264bsdDecode(
      ...[this.#state, this.#input, data.length, result, result + 4, result + 8],
    );
    if (answer !== PICTURE) throw new Error(`h264bsd has no picture, its answer is ${answer}`);
    const [address = 0, width = 0, height = 0] = this.#library.HEAP32.subarray(result >> 2, (result >> 2) + 3);
    // The library's pictures are of whole macroblocks, so their rows have no gaps here either.
    if (this.#planes?.width !== width || this.#planes.height !== height) this.#planes = new Planes(width, height);
    this.#planes.bytes.set(this.#library.HEAPU8.subarray(address, address + this.#planes.bytes.length));
    this.#planes.convert();
    return this.#planes.image;
  }

  free() {
    this.#library._h264bsdShutdown(this.#state);
    this.#library._h264bsdFree(this.#state);
    this.#library._free(this.#input);
    this.#library._free(this.#result);
  }
}

/** The streams of the page, decoded one request after the other. */
class Streams {
  #library;
  /** @type {Map<number, Stream>} */
  #streams = new Map();
  #last = Promise.resolve();

  /** @param {Library} library */
  constructor(library) {
    this.#library = library;
  }

  /** @param {DecodeRequest} request */
  handle(request) {
    this.#last = this.#last.then(() => this.#answer(request));
  }

  /** @param {DecodeRequest} request */
  async #answer({ id, timestamp, data }) {
    if (!data) {
      this.#streams.get(id)?.free();
      this.#streams.delete(id);
      return;
    }
    try {
      const stream = this.#streams.get(id) ?? new Stream(this.#library);
      this.#streams.set(id, stream);
      const image = await createImageBitmap(stream.decode(data));
      tell({ id, timestamp, image }, [image]);
    } catch (error) {
      tell({ id, error: String(error) });
    }
  }
}

/**
 * @param {DecodeAnswer} message
 * @param {Transferable[]} [transfer]
 */
function tell(message, transfer = []) {
  self.postMessage(message, { transfer });
}

TinyH264().then(
  (library) => {
    const streams = new Streams(library);
    self.addEventListener('message', ({ data }) => streams.handle(data));
    self.postMessage({ ready: possible });
  },
  () => self.postMessage({ ready: false }),
);
