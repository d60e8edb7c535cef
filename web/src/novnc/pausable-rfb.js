// @ts-check
// A connection that nobody looks at: gets no pictures, and all that has changed when somebody does.

import { ResizingRFB } from './resizing-rfb.js';
import { RFB } from './rfb.js';

/** RFB that, once it has a picture, can do without the next ones. */
export class PausableRFB extends ResizingRFB {
  #wanted = false;
  #paused = false;
  #complete = false;

  /** @param {ConstructorParameters<typeof ResizingRFB>} parameters */
  constructor(...parameters) {
    super(...parameters);
    this.on('picture', () => {
      this.#complete = true;
      this.#apply();
    });
  }

  /** Whether no pictures come. */
  get paused() {
    return this.#paused;
  }

  set paused(paused) {
    this.#wanted = paused;
    this.#apply();
  }

  #apply() {
    if (this.#paused === this.#wanted || !this.#complete || this._rfbConnectionState !== 'connected') return;
    this.#paused = this.#wanted;
    if (this.#paused) this.#pause();
    else this.#proceed();
  }

  #pause() {
    if (this._supportsContinuousUpdates) RFB.messages.enableContinuousUpdates(this._sock, false, 0, 0, 0, 0);
    this.#askForNone();
  }

  #proceed() {
    this._enabledContinuousUpdates = this._supportsContinuousUpdates;
    this._updateContinuousUpdates();
    const { width, height } = this.size;
    RFB.messages.fbUpdateRequest(this._sock, true, 0, 0, width, height);
  }

  /** noVNC asks for the next picture unless it believes that the server sends it unasked. */
  #askForNone() {
    this._enabledContinuousUpdates = true;
  }

  /** @override */
  _framebufferUpdate() {
    const whole = super._framebufferUpdate();
    // One that was on its way.
    if (this.#paused) this.#askForNone();
    return whole;
  }

  /** @override */
  _updateContinuousUpdates() {
    if (!this.#paused) super._updateContinuousUpdates();
  }
}
