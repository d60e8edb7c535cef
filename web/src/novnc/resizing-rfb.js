// @ts-check
// The size of the desktop and its place in the window: asks for the one, and draws in the other.

/** @import { ResizeMode } from '../picture/placement.js' */

import { sameSize } from '../geometry.js';
import { ContentBox } from '../picture/content-box.js';
import { place } from '../picture/placement.js';
import { RefiningRFB } from './refining-rfb.js';
import { RFB } from './rfb.js';
import { SizeRequests } from './size-requests.js';

/** RFB with device pixels, and with a resize that always ends at the last size. */
export class ResizingRFB extends RefiningRFB {
  /** @type {ResizeMode} */
  #mode = 'remote';
  #clip = false;
  #box = new ContentBox(this._screen);
  #requests = new SizeRequests({
    wanted: () => (this.#canAsk ? this.#box.desktopSize : null),
    current: () => this.size,
  });

  /** @param {ConstructorParameters<typeof RefiningRFB>} parameters */
  constructor(...parameters) {
    super(...parameters);
    this.#box.on('changed', () => this._handleResize());
    this.#requests.on('settled', () => this._updateScale());
    this.#requests.on('request', ({ width, height }) =>
      RFB.messages.setDesktopSize(this._sock, width, height, this._screenID, this._screenFlags),
    );
    this.on('connect', () => this.#requests.settle());
  }

  /** CSS pixels for one pixel of the framebuffer. */
  get scale() {
    return this._display.scale;
  }

  /** Whether the desktop could take this window's size but has another. */
  get misfit() {
    return this.#canAsk && !this.#agrees && !this.#requests.granted;
  }

  /**
   * How picture and window come together.
   *
   * @param {ResizeMode} mode
   * @param {{clip: boolean, hidpi: boolean}} options - clip: cut off what does not fit (mode off);
   *   hidpi: one pixel of the framebuffer for one of the device
   */
  setLayout(mode, { clip, hidpi }) {
    if (mode !== this.#mode) this.#requests.insist();
    this.#mode = mode;
    this.#clip = clip;
    this.#box.hidpi = hidpi;
    this.clipViewport = this.#clip && mode === 'off';
    this.resizeSession = mode === 'remote';
    this._updateScale();
    this._refreshCursor();
  }

  /** Ask once more for this window's size, also when another viewer has chosen a different one. */
  fit() {
    this.#requests.insist();
    this.#requests.look();
  }

  get #canAsk() {
    return (
      this.resizeSession && !this.viewOnly && this._supportsSetDesktopSize && this._rfbConnectionState === 'connected'
    );
  }

  get #agrees() {
    return sameSize(this.size, this.#box.desktopSize);
  }

  /** @override */
  _disconnect() {
    this.#box.stop();
    this.#requests.stop();
    super._disconnect();
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
    const { width, height } = this.#box.pixels;
    return { w: width, h: height };
  }

  /**
   * noVNC forgets a size that the window takes while a request is on its way and refused.
   *
   * @override
   */
  _requestRemoteResize() {
    this.#requests.look();
  }

  /** @override */
  _handleExtendedDesktopSize() {
    // The x-position is 1 in an answer to this client's request, 0 for a change by the server itself; the y-position is not 0
    // when that was refused.
    const { x, y, width, height } = this._FBU;
    const done = super._handleExtendedDesktopSize();
    if (done && x === 0) this.#requests.grant();
    if (!done || x !== 1) return done;
    // LibVNCServer puts its refusal and a change that came meanwhile into one message; noVNC would ignore both.
    if (y !== 0 && !sameSize({ width, height }, this.size)) this._resize(width, height);
    this.#requests.answered();
    if (y === 0) this.#requests.grant();
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
      box: { width: this._screen.clientWidth, height: this._screen.clientHeight },
      ratio: this.#box.ratio,
      deviceRatio: window.devicePixelRatio,
      following: this.#agrees || (this.resizeSession && !this.viewOnly && this.#requests.settling),
    });
    this._display.scale = scale;
    this._canvas.style.margin = `${top}px 0 0 ${left}px`;
    // Whole device pixels for each pixel of the picture: no smoothing, so that text stays sharp.
    const sharp = Number.isInteger(Math.round(scale * window.devicePixelRatio * 1e6) / 1e6);
    this._canvas.style.imageRendering = sharp ? 'pixelated' : 'auto';
    this.emit('layout');
  }

  /**
   * Draw the pointer's shape in device pixels too.
   *
   * @override
   */
  _refreshCursor() {
    super._refreshCursor();
    // noVNC calls this from its constructor, before this class has its own members.
    if (!(#box in this) || this.#box.ratio === 1 || !this._canvas.style.cursor.startsWith('url')) return;
    const { ratio } = this.#box;
    const { x, y } = this._cursor._hotSpot;
    const image = this._cursor._canvas.toDataURL();
    this._canvas.style.cursor =
      `image-set(url("${image}") ${ratio}x) ${Math.round(x / ratio)} ${Math.round(y / ratio)}, default`;
  }
}
