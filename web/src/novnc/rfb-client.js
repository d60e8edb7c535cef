// @ts-check
// One RFB connection as the page uses it: its keys, its signs of life, its end. What keeps it connected stands in
// connection/desktop-connection.js.

/** @import { Point } from '../geometry.js' */
/** @import { Key } from './held-input.js' */

import { HeldInput } from './held-input.js';
import { REQUEST } from './fence.js';
import { PointerRFB } from './pointer-rfb.js';
import { RFB } from './rfb.js';

/**
 * The lock lights of the visitor's keyboard; null where the browser does not tell.
 *
 * @typedef {{caps: boolean | null, num: boolean | null}} Locks
 */

/** RFB whose keys and pointer can be held back, and which tells whether the server still answers. */
export class RFBClient extends PointerRFB {
  #heardAt = performance.now();
  #input = new HeldInput();

  /** @param {ConstructorParameters<typeof PointerRFB>} parameters */
  constructor(...parameters) {
    super(...parameters);
    this.background = '';
    this.#input.on('key', ({ keysym, code, down }) => super.sendKey(keysym, code, down));
    this.#input.on('pointer', ({ x, y, mask }) => super._sendMouse(x, y, mask));
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
    const at = this._onCanvas({ x, y });
    return { x: this._display.absX(at.x), y: this._display.absY(at.y) };
  }

  /**
   * Where in the window a pixel of the framebuffer is drawn: the inverse of `pixelAt`.
   *
   * @param {Point} pixel
   * @returns {Point} CSS pixels from the window's top left corner
   */
  placeOf({ x, y }) {
    const { left, top } = this._canvas.getBoundingClientRect();
    const { scale } = this._display;
    return { x: left + (x - this._display.absX(0)) * scale, y: top + (y - this._display.absY(0)) * scale };
  }

  /**
   * Tell others where the visitor points, who may not act: the server lets no more of it through.
   *
   * @param {Point} place - CSS pixels from the window's top left corner
   */
  showPointer(place) {
    const pixel = this.pixelAt(place);
    if (!pixel || this._rfbConnectionState !== 'connected') return;
    RFB.messages.pointerEvent(this._sock, pixel.x, pixel.y, 0);
  }

  /** End the connection, if it has not ended by itself. */
  leave() {
    if (['connecting', 'connected'].includes(this._rfbConnectionState)) this.disconnect();
  }

  /** Ask the server for a sign of life, for one pixel where it knows no fences. */
  ask() {
    if (this._supportsFence) RFB.messages.clientFence(this._sock, REQUEST, '');
    else this.refresh({ x: 0, y: 0, width: 1, height: 1 });
  }

  /**
   * Ask the server for one pixel, or for a sign of life alone where no pictures are wanted.
   *
   * @param {number} limit - milliseconds
   * @returns {Promise<boolean>} whether anything came in time
   */
  async probe(limit) {
    const asked = performance.now();
    if (this.paused) this.ask();
    else this.refresh({ x: 0, y: 0, width: 1, height: 1 });
    await new Promise((resolve) => {
      setTimeout(resolve, limit);
    });
    return this.#heardAt >= asked;
  }

  /**
   * Hold keys and the pointer back, as `HeldInput.hold` does.
   *
   * @param {() => void} [press]
   */
  holdInput(press) {
    return this.#input.hold(press);
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
    this.#input.press({ keysym, code, down });
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   * @param {number} mask
   */
  _sendMouse(x, y, mask) {
    this.#input.point({ x, y, mask });
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
