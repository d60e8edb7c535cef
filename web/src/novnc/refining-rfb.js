// @ts-check
// Pictures without loss: tells the refinement what is drawn and what the user does, and sends what it asks for.

/** @import { Point, Rectangle } from '../geometry.js' */

import { sameSize } from '../geometry.js';
import { Refinement } from '../picture/refinement.js';
import { FramebufferRFB } from './framebuffer-rfb.js';

/** RFB whose picture is exact when it rests. */
export class RefiningRFB extends FramebufferRFB {
  #refinement = new Refinement(() => document.hidden);

  /** @param {ConstructorParameters<typeof FramebufferRFB>} parameters */
  constructor(...parameters) {
    super(...parameters);
    this.#refinement.on('lossless', (lossless) => this.askLossless(lossless));
    this.#refinement.on('request', (area) => this.refresh(area));
    this.#refinement.on('exact', (exact) => this.emit('exact', exact));
  }

  /** Whether the picture rests and is the server's to the pixel. */
  get exact() {
    return this.#refinement.exact;
  }

  /**
   * Whether the server leaves it to the viewer to ask again for what it sent with losses.
   *
   * @param {boolean} asks
   */
  set refines(asks) {
    this.#refinement.asks = asks;
  }

  /**
   * Whether the viewer only watches.
   *
   * @override
   */
  get viewOnly() {
    return super.viewOnly;
  }

  /** @override */
  set viewOnly(viewOnly) {
    this.#refinement.watching = viewOnly;
    super.viewOnly = viewOnly;
  }

  /**
   * JPEG quality of a picture in motion, 0 to 9.
   *
   * @override
   */
  get qualityLevel() {
    return super.qualityLevel;
  }

  /** @override */
  set qualityLevel(level) {
    this.#refinement.pause();
    super.qualityLevel = level;
  }

  /** @override */
  _disconnect() {
    this.#refinement.stop();
    super._disconnect();
  }

  /**
   * @override
   * @param {number} keysym
   * @param {string} code
   * @param {boolean} [down]
   */
  sendKey(keysym, code, down) {
    this.#refinement.pause();
    super.sendKey(keysym, code, down);
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

  /**
   * @override
   * @param {Rectangle} area
   * @param {boolean} lossy
   */
  _rectangleDrawn(area, lossy) {
    this.#refinement.drawn(area, lossy);
  }

  /**
   * @override
   * @param {Point} from
   * @param {Rectangle} area
   */
  _rectangleCopied(from, area) {
    this.#refinement.copied(from, area);
  }

  /** @override */
  _framebufferUpdate() {
    if (!super._framebufferUpdate()) return false;
    this.#refinement.updated();
    return true;
  }

  /**
   * @override
   * @param {number} width
   * @param {number} height
   */
  _resize(width, height) {
    const changed = !sameSize({ width, height }, this.size);
    super._resize(width, height);
    if (changed) this.#refinement.reset(this.size);
  }
}
