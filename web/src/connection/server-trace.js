// @ts-check
// The server's part of a trace: has it recorded as long as the page traces, and finds how the two clocks differ.

import { Timer } from '../timer.js';
import { SAME_ORIGIN, ask } from './request.js';

/** @import { TraceEvent } from '../trace.js' */

// The server stops recording 5 s after it was last asked to (milliseconds).
const AGAIN = 1000;

/** What the server records. */
export class ServerTrace {
  /** The shortest round trip so far, and what the server's clock was ahead then (milliseconds, microseconds). */
  #best = { took: Infinity, offset: 0 };
  #timer = new Timer(() => this.#goOn());

  /** What the server's clock is ahead of performance.now(), in microseconds: at most half a round trip wrong. */
  get offset() {
    return this.#best.offset;
  }

  /**
   * Have the server record from now on.
   *
   * @throws {HttpError} where this visitor may not
   * @throws {TypeError} when the server does not answer
   */
  async start() {
    const asked = performance.now();
    const answer = await ask('api/trace', { method: 'POST', headers: SAME_ORIGIN, cache: 'no-store' });
    const answered = performance.now();
    const took = answered - asked;
    const { now } = await answer.json();
    if (took < this.#best.took) this.#best = { took, offset: now - ((asked + answered) / 2) * 1000 };
    this.#timer.start(AGAIN);
  }

  /**
   * What the server has recorded.
   *
   * @returns {Promise<TraceEvent[]>}
   * @throws {HttpError} where this visitor may not
   * @throws {TypeError} when the server does not answer
   */
  async read() {
    const answer = await ask('api/trace', { cache: 'no-store' });
    return (await answer.json()).traceEvents;
  }

  #goOn() {
    this.start().catch((error) => {
      console.warn('The server does not record:', error);
      this.#timer.start(AGAIN);
    });
  }
}
