// @ts-check
// One RFB connection as the page uses it: its keys, its signs of life, its end. What keeps it connected stands in
// connection/desktop-connection.js.

/** @import { Point } from '../geometry.js' */
/** @import { Key } from './held-keys.js' */

import { HeldKeys } from './held-keys.js';
import { REQUEST } from './fence.js';
import { PointerRFB } from './pointer-rfb.js';
import { RFB } from './rfb.js';

/**
 * The lock lights of the visitor's keyboard; null where the browser does not tell.
 *
 * @typedef {{caps: boolean | null, num: boolean | null}} Locks
 */

/** RFB whose keys can be held back, and which tells whether the server still answers. */
export class RFBClient extends PointerRFB {
  #heardAt = performance.now();
  #keys = new HeldKeys();

  /** @param {ConstructorParameters<typeof PointerRFB>} parameters */
  constructor(...parameters) {
    super(...parameters);
    this.background = '';
    this.#keys.on('key', ({ keysym, code, down }) => super.sendKey(keysym, code, down));
    // Keys and the focus are those of a text field.
    this._keyboard = { grab() {}, ungrab() {} };
    this.focusOnClick = false;
    this._canvas.removeAttribute('tabindex');
  }

  /** The element that the picture scrolls in. */
  get screen() {
    return this._screen;
  }

  /** The element that takes the pointer. */
  get canvas() {
    return this._canvas;
  }

  /** Milliseconds since the server last sent anything. */
  get silence() {
    return performance.now() - this.#heardAt;
  }

  /**
   * The pixel of the framebuffer that is drawn at a place of the window.
   *
   * @param {Point} place - CSS pixels from the window's top left corner
   * @returns {Point | null} null beside the picture
   */
  pixelAt({ x, y }) {
    const { left, top, right, bottom } = this._canvas.getBoundingClientRect();
    if (x < left || x >= right || y < top || y >= bottom) return null;
    return { x: this._display.absX(x - left), y: this._display.absY(y - top) };
  }

  /** End the connection, if it has not ended by itself. */
  leave() {
    if (['connecting', 'connected'].includes(this._rfbConnectionState)) this.disconnect();
  }

  /**
   * Ask the server for one pixel, or for a sign of life alone where no pictures are wanted.
   *
   * @param {number} limit - milliseconds
   * @returns {Promise<boolean>} whether anything came in time
   */
  async probe(limit) {
    const asked = performance.now();
    if (this.paused && this._supportsFence) RFB.messages.clientFence(this._sock, REQUEST, '');
    else this.refresh({ x: 0, y: 0, width: 1, height: 1 });
    await new Promise((resolve) => {
      setTimeout(resolve, limit);
    });
    return this.#heardAt >= asked;
  }

  /**
   * Hold keys back, in their order, until the returned function is called.
   *
   * @returns {() => void}
   */
  holdKeys() {
    return this.#keys.hold();
  }

  /**
   * Send a key of a keyboard, with the lights of the desktop those of that keyboard.
   *
   * @param {Key} key
   * @param {Locks} locks
   */
  type({ keysym, code, down = true }, { caps, num }) {
    this._handleKeyEvent(keysym, code, down, num, caps);
  }

  /**
   * @override
   * @param {number} keysym
   * @param {string} code
   * @param {boolean} [down] - a press and a release where it is not said
   */
  sendKey(keysym, code, down) {
    this.#keys.press({ keysym, code, down });
  }

  /** @override */
  _handleMessage() {
    this.#heardAt = performance.now();
    try {
      super._handleMessage();
    } catch (error) {
      this._fail(`Cannot read the server's message: ${error}`);
    }
  }
}
