// @ts-check
// A decoder that gives its frames when a test says so.

/** @import { CodecEvents, CodedFrame, VideoCodec } from '../../../../web/src/video/codec' */

import { Emitter } from '../../../../web/src/emitter.js';
import { image } from '../picture/image.js';

/**
 * @extends {Emitter<CodecEvents>}
 * @implements {VideoCodec}
 */
export class SlowCodec extends Emitter {
  /** @type {[codec: string, width: number, height: number][]} */
  configured = [];
  /** @type {CodedFrame[]} */
  frames = [];
  closed = false;

  /**
   * @param {string} codec
   * @param {number} width
   * @param {number} height
   */
  configure(codec, width, height) {
    this.configured.push([codec, width, height]);
  }

  /** @param {CodedFrame} frame */
  decode(frame) {
    this.frames.push(frame);
  }

  close() {
    this.closed = true;
  }

  /**
   * Give one of the frames.
   *
   * @param {number} index
   */
  give(index) {
    const frame = image();
    this.emit('frame', { image: frame, timestamp: this.frames[index]?.timestamp ?? -1 });
    return frame;
  }

  /** Tell that it takes all pictures for ones of limited range. */
  limit() {
    this.emit('limited');
  }

  /** @param {Error} error */
  fail(error) {
    this.emit('failure', error);
  }
}
