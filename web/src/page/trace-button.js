// @ts-check
// A page with ?trace=1: notes the way from an event to its pixels, with the server, and gives it out as a file.

/** @import { RFBClient } from '../novnc/rfb-client.js' */

import { ServerTrace } from '../connection/server-trace.js';
import { traceRFB } from '../novnc/traced-rfb.js';
import { Trace } from '../trace.js';
import { texts } from './texts.js';

const EVENTS = ['pointerdown', 'pointermove', 'pointerup', 'wheel', 'keydown', 'keyup', 'beforeinput'];

/** Traces from now on, and shows the button that loads the trace. */
export class TraceButton {
  #trace = new Trace();
  #server = new ServerTrace();
  #fail;

  /** @param {(error: unknown) => void} fail - told why the server does not record, or nothing can be loaded */
  constructor(fail) {
    this.#fail = fail;
    for (const type of EVENTS) addEventListener(type, (event) => this.#note(event), { capture: true, passive: true });
    this.#server.start().then(() => this.#show(), fail);
  }

  /**
   * Note what a connection does.
   *
   * @param {RFBClient} rfb - before its first message
   */
  follow(rfb) {
    traceRFB(rfb, this.#trace);
  }

  /**
   * From the browser's hearing of an event until the page does.
   *
   * @param {Event} event
   */
  #note({ type, timeStamp, target }) {
    const desktop = target instanceof HTMLCanvasElement;
    this.#trace.span('events', type, timeStamp, performance.now(), { desktop });
  }

  #show() {
    const button = document.createElement('button');
    button.id = 'trace';
    button.type = 'button';
    button.textContent = texts.trace.load;
    button.addEventListener('click', () => this.#load().catch(this.#fail));
    document.body.append(button);
  }

  async #load() {
    const server = await this.#server.read();
    const traceEvents = [...this.#trace.events(this.#server.offset), ...server];
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ traceEvents })], { type: 'application/json' }));
    link.download = 'desktopd-trace.json';
    link.click();
    URL.revokeObjectURL(link.href);
  }
}
