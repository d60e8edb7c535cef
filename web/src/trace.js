// @ts-check
// What the page does, and when, in Chrome's Trace Event Format. It is loaded for a page that traces and for no other; who
// notes what stands in novnc/traced-rfb.js, the server's part in connection/server-trace.js.

// Events that are kept; those before them are dropped.
const MOST = 200_000;
const PROCESS = 1;

/** @typedef {{name: string, ph: string, ts?: number, [key: string]: unknown}} TraceEvent */
/** @typedef {'events' | 'connection' | 'decoder' | 'picture'} Line what is drawn as one line */

/** @type {Line[]} */
const LINES = ['events', 'connection', 'decoder', 'picture'];

/** The last events of this page. Times are those of performance.now(). */
export class Trace {
  /** @type {TraceEvent[]} */
  #events = [];

  /**
   * Note that something has been done.
   *
   * @param {Line} line
   * @param {string} name
   * @param {number} began
   * @param {number} ended
   * @param {Record<string, unknown>} [args]
   */
  span(line, name, began, ended, args = {}) {
    this.#add({ ph: 'X', name, dur: (ended - began) * 1000, args, ...place(line, began) });
  }

  /**
   * Note one end of an arrow, inside of the span that begins then.
   *
   * @param {Line} line
   * @param {'start' | 'end'} end
   * @param {string} name - of the arrow
   * @param {number} at - tells this arrow from others of its name
   * @param {number} time
   */
  arrow(line, end, name, at, time) {
    const phase = end === 'start' ? { ph: 's' } : { ph: 'f', bp: 'e' };
    this.#add({ name, cat: 'frame', id: `${name} ${at}`, ...phase, ...place(line, time) });
  }

  /**
   * All that is kept.
   *
   * @param {number} offset - what the server's clock is ahead of the page's, in microseconds
   * @returns {TraceEvent[]} by the server's clock
   */
  events(offset) {
    const names = LINES.map((name) => ({ ph: 'M', name: 'thread_name', args: { name }, ...place(name, 0) }));
    const process = { ph: 'M', name: 'process_name', args: { name: 'page' }, pid: PROCESS, tid: 0 };
    return [process, ...names, ...this.#events.map((event) => ({ ...event, ts: (event.ts ?? 0) + offset }))];
  }

  /** @param {TraceEvent} event */
  #add(event) {
    this.#events.push(event);
    if (this.#events.length > MOST) this.#events.splice(0, MOST / 10);
  }
}

/**
 * @param {Line} line
 * @param {number} time
 */
function place(line, time) {
  return { pid: PROCESS, tid: LINES.indexOf(line) + 1, ts: time * 1000 };
}
