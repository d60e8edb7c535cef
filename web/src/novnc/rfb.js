// @ts-check
// noVNC's RFB as the client builds on it: loaded without its test of the video decoder, and with typed events. What is
// overridden stands in the classes that extend it, one file a concern: framebuffer-rfb.js, refining-rfb.js, resizing-rfb.js,
// pausable-rfb.js, pointer-rfb.js, rfb-client.js, in this order.

// The order matters.
import { restoreVideoDecoder } from './without-video-decoder.js';
import NoVNC from '@novnc/novnc';

restoreVideoDecoder();

/**
 * What happens to a connection: the events of noVNC that the client uses, and what the classes that extend this one add.
 *
 * @typedef {object} RFBEvents
 * @property {void} connect
 * @property {void} disconnect
 * @property {{reason: string}} securityfailure
 * @property {void} credentialsrequired
 * @property {boolean} clippingviewport - whether a part of the framebuffer is cut off
 * @property {void} picture - the first whole picture is drawn
 * @property {boolean} exact - whether the picture rests and is the server's to the pixel
 * @property {void} layout - size or scale may have changed
 */

/** Events are heard and told as those of an Emitter, whose place noVNC's own class takes here. */
export class RFB extends NoVNC {
  /**
   * Call a listener at each event of a type, from now on.
   *
   * @template {keyof RFBEvents} T
   * @param {T} type
   * @param {(detail: RFBEvents[T]) => void} listener
   */
  on(type, listener) {
    this.addEventListener(type, ({ detail }) => listener(detail));
  }

  /**
   * Call all listeners of an event.
   *
   * @protected
   * @template {keyof RFBEvents} T
   * @param {T} type
   * @param {RFBEvents[T] extends void ? [] : [detail: RFBEvents[T]]} detail
   */
  emit(type, ...[detail]) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
