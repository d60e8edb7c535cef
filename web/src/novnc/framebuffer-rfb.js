// @ts-check
// Framebuffer updates: which encodings are asked for, who decodes them, and when they could be seen.

/** @import { Point, Rectangle } from '../geometry.js' */
/** @import { Codecs } from '../video/codecs.js' */
/** @import { Codec } from './encodings.js' */

import { FrameRate } from '../picture/frame-rate.js';
import { H264Contexts } from '../video/h264-contexts.js';
import { COPYRECT, H264, WEBP, codecOf, encodings } from './encodings.js';
import { BLOCK_BEFORE, readFence } from './fence.js';
import { H264Decoder } from './h264-decoder.js';
import { openSocket } from './prompt-socket.js';
import { QueuedDisplay } from './queued-display.js';
import { RFB } from './rfb.js';
import { WebpDecoder } from './webp-decoder.js';

/** RFB with decoders that are fast and cannot stall it, and with fences that tell when a picture could be seen. */
export class FramebufferRFB extends RFB {
  #display = new QueuedDisplay(this._canvas);
  #video;
  #frameRate = new FrameRate();
  /** @type {Codec | null} */
  #codec = null;
  /** @type {Uint8Array | null} first bytes of the rectangle that is being read */
  #head = null;
  #lossless = false;
  #baseline = false;
  #drawn = false;
  #complete = false;

  /**
   * @param {HTMLElement} target - where the picture goes
   * @param {string} address - ws: or wss:
   * @param {Codecs} codecs - the page's video decoders
   * @param {string[]} protocols - of the WebSocket
   */
  constructor(target, address, codecs, protocols) {
    super(target, openSocket(address, protocols));
    this.#video = new H264Contexts(codecs);
    this.#video.on('changed', () => this.#askEncodings());
    this.#video.on('lost', (area) => this.refresh(area));
    this._display = this.#display;
    this._decoders[H264] = new H264Decoder(this.#video);
    this._decoders[WEBP] = new WebpDecoder();
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
    return this.#frameRate.perSecond;
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

  /**
   * Ask for pixels without loss from now on, or as before.
   *
   * @protected
   * @param {boolean} lossless
   */
  askLossless(lossless) {
    this.#lossless = lossless;
    this.#askEncodings();
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
    const { usable, baseline, limited } = this.#video;
    const wishes = encodings({
      video: usable ? (baseline ? 'baseline' : 'any') : 'none',
      limited,
      quality: this.#lossless ? null : this.qualityLevel,
      compression: this.compressionLevel,
    });
    RFB.messages.clientEncodings(this._sock, wishes);
  }

  /** @override */
  _disconnect() {
    this.#video.close();
    this.#display.close();
    super._disconnect();
  }

  /** @override */
  _handleDataRect() {
    const { x, y, width, height, encoding } = this._FBU;
    this.#head ??= this.#peek(encoding === COPYRECT ? 4 : 1);
    if (!super._handleDataRect()) return false;
    const area = { x, y, width, height };
    if (encoding === COPYRECT && this.#head) {
      const [xHigh = 0, xLow = 0, yHigh = 0, yLow = 0] = this.#head;
      this._rectangleCopied({ x: xHigh * 256 + xLow, y: yHigh * 256 + yLow }, area);
    } else {
      this.#codec = codecOf(encoding, this.#head?.[0]);
      this._rectangleDrawn(area, this.#codec !== 'lossless');
    }
    this.#head = null;
    this.#drawn = true;
    return true;
  }

  /** @param {number} bytes */
  #peek(bytes) {
    return this._sock.rQwait('rectangle', bytes) ? null : this._sock.rQpeekBytes(bytes);
  }

  /**
   * For classes that extend this one: a rectangle's pixels have come.
   *
   * @protected
   * @param {Rectangle} _area
   * @param {boolean} _lossy
   */
  _rectangleDrawn(_area, _lossy) {}

  /**
   * For classes that extend this one: a rectangle is copied within the framebuffer.
   *
   * @protected
   * @param {Point} _from - its top left corner before
   * @param {Rectangle} _area - where it is now
   */
  _rectangleCopied(_from, _area) {}

  /** @override */
  _framebufferUpdate() {
    if (!super._framebufferUpdate()) return false;
    if (this.#drawn) {
      const first = !this.#complete;
      this.#complete = true;
      this.#display.afterwards(() => {
        this.#frameRate.count();
        if (first) this.emit('picture');
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
    if (!fence.asks) return true;
    const answer = () => RFB.messages.clientFence(this._sock, fence.flags, fence.payload);
    if (fence.flags & BLOCK_BEFORE) this.#display.afterwards(answer);
    else answer();
    return true;
  }
}
