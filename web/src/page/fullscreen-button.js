// @ts-check
// The bar's button for the full screen.

import { Emitter } from '../emitter.js';
import { texts } from './texts.js';

/**
 * A button that shows the page on the full screen, and brings it back.
 *
 * Event: `pressed`.
 *
 * @extends {Emitter<{pressed: void}>}
 */
export class FullscreenButton extends Emitter {
  #button;

  /** @param {HTMLButtonElement} button */
  constructor(button) {
    super();
    this.#button = button;
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener('click', () => {
      toggle();
      this.emit('pressed');
    });
    document.addEventListener('fullscreenchange', () => this.#draw());
    this.#draw();
  }

  #draw() {
    const on = document.fullscreenElement !== null;
    this.#button.setAttribute('aria-pressed', String(on));
    this.#button.textContent = on ? texts.bar.leaveFullscreen : texts.bar.enterFullscreen;
  }
}

async function toggle() {
  if (document.fullscreenElement) {
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
  // Keys such as Ctrl+W go to the desktop too, in browsers that can (Chromium, in a secure context).
  await /** @type {{keyboard?: {lock(): Promise<void>}}} */ (navigator).keyboard?.lock();
}
