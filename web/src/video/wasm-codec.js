// @ts-check

/** @import { OpenCodec, VideoOutput } from '../types' */

// Baseline and constrained baseline, as of RFC 6381.
const BASELINE = /^avc1\.42/;
// For loading and compiling it (milliseconds).
const START_TIME = 20_000;

/** @type {Promise<OpenCodec | null> | null} shared by all connections of the page */
let found = null;

/**
 * A decoder in WebAssembly, in a thread of its own, for pages that get none of the browser: plain http, or a browser without
 * H.264. It knows the baseline profile only.
 *
 * @returns {Promise<OpenCodec | null>} null where WebAssembly or workers are not to be had
 */
export function findWasmCodec() {
  return (found ??= start());
}

/** @returns {Promise<OpenCodec | null>} */
function start() {
  return new Promise((resolve) => {
    /** @type {Map<number, VideoOutput>} */
    const outputs = new Map();
    let count = 0;
    const worker = new Worker(new URL('./wasm-worker.js', import.meta.url), { type: 'module' });
    const give = (/** @type {OpenCodec | null} */ codec) => {
      clearTimeout(timer);
      if (!codec) worker.terminate();
      resolve(codec);
    };
    const timer = window.setTimeout(() => give(null), START_TIME);
    worker.addEventListener('error', () => give(null));
    worker.addEventListener('message', ({ data }) => {
      if (data.ready !== undefined) {
        give(data.ready ? (output) => new WasmCodec(worker, outputs, count++, output) : null);
        return;
      }
      const { id, image, timestamp, error } = data;
      const output = outputs.get(id);
      if (error) output?.failure(new Error(error));
      else if (output) output.frame(image, timestamp);
      else image.close();
    });
  });
}

class WasmCodec {
  #worker;
  #outputs;
  #id;

  /**
   * @param {Worker} worker
   * @param {Map<number, VideoOutput>} outputs
   * @param {number} id
   * @param {VideoOutput} output
   */
  constructor(worker, outputs, id, output) {
    this.#worker = worker;
    this.#outputs = outputs;
    this.#id = id;
    outputs.set(id, output);
  }

  /** @param {string} codec */
  configure(codec) {
    if (!BASELINE.test(codec)) throw new Error(`${codec}: expected the baseline profile`);
  }

  /** @param {{timestamp: number, data: Uint8Array<ArrayBuffer>}} frame */
  decode({ timestamp, data }) {
    const copy = data.slice();
    this.#worker.postMessage({ id: this.#id, timestamp, data: copy }, [copy.buffer]);
  }

  close() {
    this.#outputs.delete(this.#id);
    this.#worker.postMessage({ id: this.#id });
  }
}
