// @ts-check
// Loads what shows the desktop apart from the page, because noVNC tests the browser's video decoder before its module is
// ready; and what traces it, where the page's address asks for that.

/** @import { Codecs } from '../video/codecs.js' */

import { protocols } from '../connection/page-key.js';

/** Opens connections to one desktop. */
export class RFBLoader {
  #place;
  #address;
  #codecs;
  #trace;

  /**
   * @param {HTMLElement} place - where the picture goes
   * @param {string} address - ws: or wss:
   * @param {Codecs} codecs
   * @param {{trace: boolean, fail: (error: unknown) => void}} options - whether to trace, and who is told why it cannot be
   */
  constructor(place, address, codecs, { trace, fail }) {
    this.#place = place;
    this.#address = address;
    this.#codecs = codecs;
    this.#trace = trace ? import('./trace-button.js').then(({ TraceButton }) => new TraceButton(fail)) : null;
  }

  /** @returns {Promise<() => import('../novnc/rfb-client.js').RFBClient>} what opens one connection more */
  async load() {
    const [{ RFBClient }, trace] = await Promise.all([import('../novnc/rfb-client.js'), this.#trace]);
    return () => {
      const rfb = new RFBClient(this.#place, this.#address, this.#codecs, protocols('binary'));
      trace?.follow(rfb);
      return rfb;
    };
  }
}
