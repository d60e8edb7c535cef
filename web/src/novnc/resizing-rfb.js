// @ts-check
// The size of the desktop and its place in the window: asks for the one, and draws in the other.

/** @import { ScaledSize } from '../geometry.js' */
/** @import { ResizeMode } from '../picture/placement.js' */
/** @import { Sharpness } from '../picture/sharpness.js' */

import { sameSize } from '../geometry.js';
import { ContentBox } from '../picture/content-box.js';
import { fillingSize, place } from '../picture/placement.js';
import { blockSide } from '../picture/sharpness.js';
import { RefiningRFB } from './refining-rfb.js';
import { RFB } from './rfb.js';
import { SizeRequests } from './size-requests.js';

/** RFB in whole pixels of the screen, and with a resize that always ends at the last size. */
export class ResizingRFB extends RefiningRFB {
  /** @type {ResizeMode} */
  #mode = 'remote';
  #clip = false;
  /** @type {Sharpness} */
  #sharpness = 'auto';
  #gpu = false;
  #scale = 1;
  #box = new ContentBox(this._screen);
  #requests = new SizeRequests({
    wanted: () => this.#wanted,
    current: () => this.size,
  });

  /** @param {ConstructorParameters<typeof RefiningRFB>} parameters */
  constructor(...parameters) {
    super(...parameters);
    this.#box.on('changed', () => this._handleResize());
    this.#requests.on('settled', () => this._updateScale());
    this.#requests.on('request', ({ width, height, scale }) => {
      const flags = scale === null ? this._screenFlags : Math.round(scale * 100);
      RFB.messages.setDesktopSize(this._sock, width, height, this._screenID, flags);
    });
    this.on('connect', () => this.#requests.settle());
  }

  /** CSS pixels for one pixel of the framebuffer. */
  get scale() {
    return this.#scale;
  }

  /** Whether the desktop could take this window's size but has another. */
  get misfit() {
    return this.#canAsk && !this.#agrees && !this.#requests.granted;
  }

  /**
   * How picture and window come together.
   *
   * @param {ResizeMode} mode
   * @param {{clip: boolean, sharpness: Sharpness, gpu: boolean}} options - clip: cut off what does not fit (mode off);
   *   gpu: whether programs draw with one
   */
  setLayout(mode, { clip, sharpness, gpu }) {
    if (mode !== this.#mode) this.#requests.insist();
    this.#mode = mode;
    this.#clip = clip;
    this.#sharpness = sharpness;
    this.#gpu = gpu;
    this.clipViewport = this.#clip && mode === 'off';
    this.resizeSession = mode === 'remote';
    this._updateScale();
    this._refreshCursor();
    this._requestRemoteResize();
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

  /** At which programs draw, 1 for 96 dots an inch; null where the server does not tell (flags of rfbproto's SCREEN). */
  get programScale() {
    return this._screenFlags === 0 ? null : this._screenFlags / 100;
  }

  /** Pixels of the screen for one of the framebuffer, on a side. */
  get #block() {
    const { ratio } = this.#box;
    return blockSide(this.#sharpness, { ratio, scale: this.programScale, asks: this.#canAsk, gpu: this.#gpu });
  }

  get #fillingSize() {
    return fillingSize(this.#box.size, this.#block);
  }

  /** @returns {ScaledSize | null} */
  get #wanted() {
    const size = this.#canAsk ? this.#fillingSize : null;
    const scale = this.programScale === null ? null : Math.round((this.#box.ratio / this.#block) * 100) / 100;
    return size && { ...size, scale };
  }

  get #agrees() {
    return sameSize(this.size, this.#fillingSize);
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
    const { width, height } = this.#box.size;
    return { w: width / this.#block, h: height / this.#block };
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
      box: this.#box.size,
      block: this.#block,
      following: this.#agrees || (this.resizeSession && !this.viewOnly && this.#requests.settling),
    });
    const { ratio } = this.#box;
    this.#scale = scale / ratio;
    this._display.scale = inWhole(this.#scale);
    this._canvas.style.margin = `${inWhole(top / ratio)}px 0 0 ${inWhole(left / ratio)}px`;
    // Whole pixels of the screen for each one of the picture: no smoothing, so that text stays sharp.
    const sharp = Number.isInteger(Math.round(scale * 1e6) / 1e6);
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
    if (!(#box in this) || !this._canvas.style.cursor.startsWith('url')) return;
    const ratio = this.#box.ratio / this.#block;
    if (ratio === 1) return;
    const { x, y } = this._cursor._hotSpot;
    const image = this._cursor._canvas.toDataURL();
    this._canvas.style.cursor =
      `image-set(url("${image}") ${ratio}x) ${Math.round(x / ratio)} ${Math.round(y / ratio)}, default`;
  }
}

/**
 * Browsers cut lengths off at a 64th of a pixel of the screen, and 2553.98 of these are smeared over 2554.
 *
 * @param {number} length - that is a whole number of the screen's pixels but for an error of rounding
 */
function inWhole(length) {
  return length * (1 + 1e-6);
}
