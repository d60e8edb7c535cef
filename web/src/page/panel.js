// @ts-check

import { element } from './element.js';

/** A card above the desktop. Escape and its `data-close` button close it, which gives the focus back. */
export class Panel {
  #section;
  #closer;
  #leave;

  /**
   * @param {string} id - of the section
   * @param {() => void} leave - called when it has been closed
   */
  constructor(id, leave) {
    this.#section = element(id, HTMLElement);
    this.#leave = leave;
    this.#closer = /** @type {HTMLElement} */ (this.#section.querySelector('[data-close]'));
    this.#closer.addEventListener('click', () => this.close());
    this.#section.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
  }

  get shown() {
    return !this.#section.hidden;
  }

  /** @param {HTMLElement} [focus] - what takes the focus; by default the button that closes */
  open(focus = this.#closer) {
    this.#section.hidden = false;
    focus.focus();
  }

  close() {
    if (!this.shown) return;
    this.#section.hidden = true;
    this.#leave();
  }
}
