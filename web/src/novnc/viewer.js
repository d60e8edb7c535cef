// @ts-check

/** @import { Rectangle } from '../types' */
/** @import { Codec } from './encodings.js' */

import { COPYRECT, H264, codecOf, encodings } from './encodings.js';
import { BLOCK_BEFORE, readFence } from './fence.js';
import { H264Decoder } from '../video/h264-decoder.js';
import { Painter } from './display.js';
import { Rate } from '../picture/frame-rate.js';
import { Refinement } from '../picture/refinement.js';
import RFB from './rfb.js';
import { same } from './size-requests.js';

/**
 * noVNC's RFB with a pixel path of its own: decoders that are fast and cannot stall it, a picture without loss when it
 * rests, and fences that tell when a picture could be seen.
 *
 * Events besides noVNC's: `picture` (the first whole picture is drawn), `exact` (`exact` has changed).
 */
export class Viewer extends RFB {
  #painter = new Painter(this._canvas);
  #video = new H264Decoder({
    changed: () => this.#askEncodings(),
    lost: (area) => this.refresh(area),
  });
  #rate = new Rate();
  /** @type {Codec | null} */
  #codec = null;
  /** @type {Uint8Array | null} first bytes of the rectangle that is being read */
  #head = null;
  #lossless = false;
  #baseline = false;
  #refinement = new Refinement({
    lossless: (on) => {
      this.#lossless = on;
      this.#askEncodings();
    },
    request: (area) => this.refresh(area),
    size: () => this.size,
    watching: () => this.viewOnly,
    changed: () => this.dispatchEvent(new CustomEvent('exact')),
  });
  #drawn = false;
  #complete = false;

  /**
   * @param {HTMLElement} target - where the picture goes
   * @param {string} address - ws: or wss:
   */
  constructor(target, address) {
    super(target, address);
    this._display = this.#painter;
    this._decoders[H264] = this.#video;
  }

  /** Size of the framebuffer in pixels. */
  get size() {
    return { width: this._fbWidth, height: this._fbHeight };
  }

  /** How the last pixels were encoded, null before the first. */
  get codec() {
    return this.#codec;
  }

  /** Updates drawn in the last second. */
  get fps() {
    return this.#rate.perSecond;
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
    return super.qualityLevel;
  }

  /** @override */
  set qualityLevel(level) {
    this.#refinement.pause();
    super.qualityLevel = level;
  }

  /**
   * Whether the server leaves it to the viewer to ask again for what it sent with losses.
   *
   * @param {boolean} asks
   */
  set refines(asks) {
    this.#refinement.asks = asks;
  }

  /** The server keeps to H.264's baseline profile for a viewer that knows no other. */
  takeBaseline() {
    if (this.#baseline) return;
    this.#baseline = true;
    this.#video.takeBaseline();
  }

  /**
   * Have the server send an area again.
   *
   * @param {Rectangle} area
   */
  refresh({ x, y, width, height }) {
    RFB.messages.fbUpdateRequest(this._sock, false, x, y, width, height);
  }

  #askEncodings() {
    if (this._rfbConnectionState === 'connected') this._sendEncodings();
  }

  /** @override */
  _sendEncodings() {
    if (this._fbDepth !== 24) {
      super._sendEncodings();
      return;
    }
    const { usable, baseline } = this.#video;
    const wishes = encodings({
      video: usable ? (baseline ? 'baseline' : 'any') : 'none',
      quality: this.#lossless ? null : this.qualityLevel,
      compression: this.compressionLevel,
    });
    RFB.messages.clientEncodings(this._sock, wishes);
  }

  /** @override */
  _disconnect() {
    this.#refinement.stop();
    this.#video.close();
    this.#painter.close();
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
   * Browsers send one move a frame of the screen; noVNC would hold back every other one.
   *
   * @override
   * @param {number} x
   * @param {number} y
   */
  _handleMouseMove(x, y) {
    this._sendMouse(x, y, this._mouseButtonMask);
  }

  /** @override */
  _handleDataRect() {
    const { x, y, width, height, encoding } = this._FBU;
    const area = { x, y, width, height };
    this.#head ??= this.#peek(encoding === COPYRECT ? 4 : 1);
    if (!super._handleDataRect()) return false;
    if (encoding === COPYRECT && this.#head) {
      const [xHigh = 0, xLow = 0, yHigh = 0, yLow = 0] = this.#head;
      this.#refinement.copied({ x: xHigh * 256 + xLow, y: yHigh * 256 + yLow }, area);
    } else {
      this.#codec = codecOf(encoding, this.#head?.[0]);
      this.#refinement.drawn(area, this.#codec !== 'lossless');
    }
    this.#head = null;
    this.#drawn = true;
    return true;
  }

  /** @param {number} bytes */
  #peek(bytes) {
    return this._sock.rQwait('rectangle', bytes) ? null : this._sock.rQpeekBytes(bytes);
  }

  /** @override */
  _framebufferUpdate() {
    if (!super._framebufferUpdate()) return false;
    this.#refinement.updated();
    if (this.#drawn) {
      const first = !this.#complete;
      this.#complete = true;
      this.#painter.afterwards(() => {
        this.#rate.count();
        if (first) this.dispatchEvent(new CustomEvent('picture'));
      });
    }
    this.#drawn = false;
    return true;
  }

  /**
   * The answer tells the server when all before it could be seen, or has been read where it does not ask for that.
   *
   * @override
   */
  _handleServerFenceMsg() {
    const fence = readFence(this._sock);
    if (!fence) return false;
    this._supportsFence = true;
    const answer = () => RFB.messages.clientFence(this._sock, fence.flags, fence.payload);
    if (fence.flags & BLOCK_BEFORE) this.#painter.afterwards(answer);
    else answer();
    return true;
  }

  /**
   * @override
   * @param {number} width
   * @param {number} height
   */
  _resize(width, height) {
    const changed = !same({ width, height }, this.size);
    super._resize(width, height);
    if (changed) this.#refinement.reset();
  }
}
