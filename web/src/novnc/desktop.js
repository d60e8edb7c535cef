// @ts-check

/** @import { ResizeMode } from '../types' */

import { HeldKeys } from './held-keys.js';
import { place } from '../picture/placement.js';
import RFB from './rfb.js';
import { Room } from '../picture/content-box.js';
import { Sizing, same } from './size-requests.js';
import { Viewer } from './viewer.js';

/**
 * One RFB connection as the page uses it: a viewer with a resize that always ends at the last size, device pixels, keys that
 * can be held back, and a probe.
 *
 * Events besides the viewer's: `layout` (size or scale may have changed).
 */
export class Desktop extends Viewer {
  /** @type {ResizeMode} */
  #mode = 'remote';
  #clip = false;
  #room = new Room(this._screen, () => this._handleResize());
  #sizing = new Sizing({
    wanted: () => (this.#canAsk ? this.#room.size : null),
    size: () => this.size,
    request: ({ width, height }) =>
      RFB.messages.setDesktopSize(this._sock, width, height, this._screenID, this._screenFlags),
    settled: () => this._updateScale(),
  });

  #heardAt = performance.now();
  #keys = new HeldKeys((keysym, code, down) => super.sendKey(keysym, code, down));

  /**
   * @param {HTMLElement} target - where the picture goes
   * @param {string} address - ws: or wss:
   */
  constructor(target, address) {
    super(target, address);
    this.background = '';
    // noVNC releases the keys when the window loses the focus, not when a panel of the page takes it.
    this._canvas.addEventListener('blur', () => this._keyboard._allKeysUp());
    this._canvas.setAttribute('role', 'application');
    this._canvas.setAttribute('aria-label', 'Desktop');
    this.addEventListener('connect', () => this.#sizing.settle());
  }

  /** The element that the picture scrolls in. */
  get screen() {
    return this._screen;
  }

  /** The element that takes keys and pointer. */
  get canvas() {
    return this._canvas;
  }

  /** CSS pixels for one pixel of the framebuffer. */
  get scale() {
    return this._display.scale;
  }

  /** Whether the desktop could take this window's size but has another. */
  get misfit() {
    return this.#canAsk && !this.#agrees;
  }

  /** Milliseconds since the server last sent anything. */
  get silence() {
    return performance.now() - this.#heardAt;
  }

  /**
   * How picture and window come together.
   *
   * @param {ResizeMode} mode
   * @param {{clip: boolean, hidpi: boolean}} options - clip: cut off what does not fit (mode off);
   *   hidpi: one pixel of the framebuffer for one of the device
   */
  setLayout(mode, { clip, hidpi }) {
    if (mode !== this.#mode) this.#sizing.insist();
    this.#mode = mode;
    this.#clip = clip;
    this.#room.hidpi = hidpi;
    this.clipViewport = this.#clip && mode === 'off';
    this.resizeSession = mode === 'remote';
    this._updateScale();
    this._refreshCursor();
  }

  /** Ask once more for this window's size, also when another viewer has chosen a different one. */
  fit() {
    this.#sizing.insist();
    this.#sizing.look();
  }

  /** End the connection, if it has not ended by itself. */
  leave() {
    if (['connecting', 'connected'].includes(this._rfbConnectionState)) this.disconnect();
  }

  /**
   * Ask the server for one pixel.
   *
   * @param {number} limit - milliseconds
   * @returns {Promise<boolean>} whether anything came in time
   */
  async probe(limit) {
    const asked = performance.now();
    this.refresh({ x: 0, y: 0, width: 1, height: 1 });
    await new Promise((resolve) => window.setTimeout(resolve, limit));
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
   * @override
   * @param {number} keysym
   * @param {string} code
   * @param {boolean} [down]
   */
  sendKey(keysym, code, down) {
    this.#keys.press(keysym, code, down);
  }

  get #canAsk() {
    return (
      this.resizeSession && !this.viewOnly && this._supportsSetDesktopSize && this._rfbConnectionState === 'connected'
    );
  }

  get #agrees() {
    return same(this.size, this.#room.size);
  }

  /** @override */
  _disconnect() {
    this.#room.stop();
    this.#sizing.stop();
    super._disconnect();
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

  /** @override */
  _handleResize() {
    requestAnimationFrame(() => {
      this._updateClip();
      this._updateScale();
    });
    this._requestRemoteResize();
  }

  /**
   * The window's size in pixels of the framebuffer.
   *
   * @override
   */
  _screenSize() {
    const { width, height } = this.#room.pixels;
    return { w: width, h: height };
  }

  /**
   * noVNC forgets a size that the window takes while a request is on its way and refused.
   *
   * @override
   */
  _requestRemoteResize() {
    this.#sizing.look();
  }

  /** @override */
  _handleExtendedDesktopSize() {
    // The x-position is 1 in an answer to this client's request, the y-position is not 0 when that was refused.
    const { x, y, width, height } = this._FBU;
    const done = super._handleExtendedDesktopSize();
    if (!done || x !== 1) return done;
    // LibVNCServer puts its refusal and a change that came meanwhile into one message; noVNC would ignore both.
    if (y !== 0 && !same({ width, height }, this.size)) this._resize(width, height);
    this.#sizing.answered();
    return done;
  }

  /** @override */
  _updateScale() {
    const { w: width, h: height } = this._display._viewportLoc;
    if (width === 0 || height === 0) return;
    this._screen.style.overflow = this.#mode === 'off' && !this.#clip ? 'auto' : 'hidden';
    const { scale, left, top } = place({
      mode: this.#mode,
      picture: { width, height },
      room: { width: this._screen.clientWidth, height: this._screen.clientHeight },
      ratio: this.#room.ratio,
      following: this.#agrees || (this.resizeSession && !this.viewOnly && this.#sizing.settling),
    });
    this._display.scale = scale;
    this._canvas.style.margin = `${top}px 0 0 ${left}px`;
    // Whole device pixels for each pixel of the picture: no smoothing, so that text stays sharp.
    const sharp = Number.isInteger(Math.round(scale * window.devicePixelRatio * 1e6) / 1e6);
    this._canvas.style.imageRendering = sharp ? 'pixelated' : 'auto';
    this.dispatchEvent(new CustomEvent('layout'));
  }

  /**
   * Draw the pointer's shape in device pixels too.
   *
   * @override
   */
  _refreshCursor() {
    super._refreshCursor();
    // noVNC calls this from its constructor, before this class has its own members.
    if (!(#room in this) || this.#room.ratio === 1 || !this._canvas.style.cursor.startsWith('url')) return;
    const { ratio } = this.#room;
    const { x, y } = this._cursor._hotSpot;
    const image = this._cursor._canvas.toDataURL();
    this._canvas.style.cursor =
      `image-set(url("${image}") ${ratio}x) ${Math.round(x / ratio)} ${Math.round(y / ratio)}, default`;
  }
}
