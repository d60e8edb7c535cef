// @ts-check

/** @import { ResizeMode } from './types' */

import RFB from '@novnc/novnc';

import { COPYRECT, isLossy, nameOf } from './encodings.js';
import { place } from './placement.js';
import { Refinement } from './refinement.js';
import { Room } from './room.js';
import { Sizing, same } from './sizing.js';

// The quality's pseudo-encoding is -32 plus the level: at this level it is the number of raw pixels, which says nothing
// of quality, and a server that is not asked for a quality sends no JPEG.
const NO_QUALITY = 32;

/**
 * One RFB connection and its picture: noVNC's RFB with a resize that always ends at the last size, device pixels, a
 * picture without loss when it rests, keys that can be held back, and a probe.
 *
 * Events besides noVNC's: `picture` (the first whole picture is drawn), `layout` (size or scale may have changed),
 * `exact` (`exact` has changed).
 */
export class Desktop extends RFB {
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
  #drawn = false;
  #complete = false;
  /** @type {string | null} */
  #codec = null;
  /** @type {number | null} first byte of the rectangle that is being read */
  #first = null;
  #quality = 6;
  #refinement = new Refinement({
    lossless: (on) => this.#askQuality(on ? NO_QUALITY : this.#quality),
    request: ({ x, y, width, height }) => RFB.messages.fbUpdateRequest(this._sock, false, x, y, width, height),
    size: () => this.size,
    watching: () => this.viewOnly,
    changed: () => this.dispatchEvent(new CustomEvent('exact')),
  });

  #holds = 0;
  /** @type {[keysym: number, code: string, down: boolean | undefined][]} */
  #heldKeys = [];

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

  /** Size of the framebuffer in pixels. */
  get size() {
    return { width: this._fbWidth, height: this._fbHeight };
  }

  /** CSS pixels for one pixel of the framebuffer. */
  get scale() {
    return this._display.scale;
  }

  /** Whether the desktop could take this window's size but has another. */
  get misfit() {
    return this.#canAsk && !this.#agrees;
  }

  /** Encoding of the last pixels, null before the first. */
  get codec() {
    return this.#codec;
  }

  /** Whether the picture rests and is the server's to the pixel. */
  get exact() {
    return this.#refinement.exact;
  }

  /**
   * JPEG quality of a picture in motion, 0 to 9.
   *
   * @override
   */
  get qualityLevel() {
    return this.#quality;
  }

  /** @override */
  set qualityLevel(level) {
    this.#refinement.pause();
    this.#quality = level;
    super.qualityLevel = level;
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
    RFB.messages.fbUpdateRequest(this._sock, false, 0, 0, 1, 1);
    await new Promise((resolve) => window.setTimeout(resolve, limit));
    return this.#heardAt >= asked;
  }

  /**
   * Hold keys back, in their order, until the returned function is called.
   *
   * @returns {() => void}
   */
  holdKeys() {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      if (this.#holds > 0) return;
      for (const [keysym, code, down] of this.#heldKeys.splice(0)) super.sendKey(keysym, code, down);
    };
  }

  /**
   * @override
   * @param {number} keysym
   * @param {string} code
   * @param {boolean} [down]
   */
  sendKey(keysym, code, down) {
    this.#refinement.pause();
    if (this.#holds > 0) this.#heldKeys.push([keysym, code, down]);
    else super.sendKey(keysym, code, down);
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   * @param {number} mask
   */
  _sendMouse(x, y, mask) {
    this.#refinement.pause();
    super._sendMouse(x, y, mask);
  }

  get #canAsk() {
    return (
      this.resizeSession && !this.viewOnly && this._supportsSetDesktopSize && this._rfbConnectionState === 'connected'
    );
  }

  get #agrees() {
    return same(this.size, this.#room.size);
  }

  /** @param {number} quality - level to ask for in the list of encodings */
  #askQuality(quality) {
    this._qualityLevel = quality;
    if (this._rfbConnectionState === 'connected') this._sendEncodings();
  }

  /** @override */
  _disconnect() {
    this.#room.stop();
    this.#sizing.stop();
    this.#refinement.stop();
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
  _handleDataRect() {
    const { x, y, width, height, encoding } = this._FBU;
    if (this.#first === null && !this._sock.rQwait('rectangle', 1)) this.#first = this._sock.rQpeek8();
    const done = super._handleDataRect();
    if (!done) return false;
    const how = encoding === COPYRECT ? 'copied' : isLossy(encoding, this.#first) ? 'lossy' : 'exact';
    this.#refinement.drawn({ x, y, width, height }, how);
    this.#first = null;
    this.#drawn = true;
    this.#codec = nameOf(encoding) ?? this.#codec;
    return true;
  }

  /** @override */
  _framebufferUpdate() {
    const done = super._framebufferUpdate();
    if (!done) return false;
    this.#refinement.updated();
    if (this.#drawn && !this.#complete) {
      this.#complete = true;
      this._display.flush().then(() => this.dispatchEvent(new CustomEvent('picture')));
    }
    return true;
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

  /**
   * @override
   * @param {number} width
   * @param {number} height
   */
  _resize(width, height) {
    if (!same({ width, height }, this.size)) this.#refinement.reset();
    super._resize(width, height);
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
