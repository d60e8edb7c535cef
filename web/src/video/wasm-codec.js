// @ts-check
// The page's end of the decoder in WebAssembly; wasm-worker.js is the other.

/** @import { CodecEvents, CodedFrame, OpenCodec } from './codec' */
/** @import { DecodeAnswer } from './wasm-messages' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';

// Baseline and constrained baseline, as of RFC 6381.
const BASELINE = /^avc1\.42/;
// For loading and compiling it (milliseconds).
const START_TIME = 20_000;

/**
 * Start a decoder in WebAssembly, in a thread of its own, for pages that get none of the browser: plain http, or a browser
 * without H.264. It knows the baseline profile only.
 *
 * @returns {Promise<OpenCodec | null>} null where WebAssembly or workers are not to be had
 */
export function startWasmCodec() {
  return new Promise((resolve) => {
    /** @type {Map<number, WasmCodec>} */
    const codecs = new Map();
    let count = 0;
    const worker = new Worker(new URL('./wasm-worker.js', import.meta.url), { type: 'module' });
    const give = (/** @type {OpenCodec | null} */ open) => {
      timer.stop();
      if (!open) worker.terminate();
      resolve(open);
    };
    const timer = new Timer(() => give(null));
    timer.start(START_TIME);
    worker.addEventListener('error', () => give(null));
    worker.addEventListener('message', ({ data }) => {
      if (data.ready === undefined) receive(codecs, data);
      else give(data.ready ? () => new WasmCodec(worker, codecs, count++) : null);
    });
  });
}

/**
 * @param {Map<number, WasmCodec>} codecs
 * @param {DecodeAnswer} answer
 */
function receive(codecs, answer) {
  const codec = codecs.get(answer.id);
  if (codec) codec.receive(answer);
  else answer.image?.close();
}

/** @extends {Emitter<CodecEvents>} */
class WasmCodec extends Emitter {
  #worker;
  #codecs;
  #id;

  /**
   * @param {Worker} worker
   * @param {Map<number, WasmCodec>} codecs - those that are open, by their numbers
   * @param {number} id
   */
  constructor(worker, codecs, id) {
    super();
    this.#worker = worker;
    this.#codecs = codecs;
    this.#id = id;
    codecs.set(id, this);
  }

  /** @param {DecodeAnswer} answer */
  receive(answer) {
    if (answer.image) this.emit('frame', { image: answer.image, timestamp: answer.timestamp });
    else this.emit('failure', new Error(answer.error));
  }

  /** @param {string} codec */
  configure(codec) {
    if (!BASELINE.test(codec)) throw new Error(`${codec}: expected the baseline profile`);
  }

  /** @param {CodedFrame} frame */
  decode({ timestamp, data }) {
    const copy = data.slice();
    this.#worker.postMessage({ id: this.#id, timestamp, data: copy }, [copy.buffer]);
  }

  close() {
    this.#codecs.delete(this.#id);
    this.#worker.postMessage({ id: this.#id });
  }
}
