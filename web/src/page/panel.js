// @ts-check
// What all panels do. A new panel is a `dialog` of class `panel` in index.html, its texts, a button of the bar, and a Panel or a
// class that extends it.

import { Emitter } from '../emitter.js';
import { element } from './element.js';

/**
 * A dialog above the desktop. Escape and the buttons of its form close it; the element with `autofocus` takes the focus.
 *
 * Event: `closed` (by a button of this value, empty otherwise; the focus may go back to the desktop).
 *
 * @extends {Emitter<{closed: string}>}
 */
export class Panel extends Emitter {
  #dialog;
  #modal;

  /**
   * @param {string} id - of the dialog
   * @param {{modal?: boolean}} [options] - modal: nothing else can be used until it is closed
   */
  constructor(id, { modal = false } = {}) {
    super();
    this.#modal = modal;
    this.#dialog = element(id, HTMLDialogElement);
    this.#dialog.addEventListener('close', () => this.emit('closed', this.#dialog.returnValue));
    // The browser itself has Escape close modal dialogs only.
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#has(event.target)) this.close();
    });
  }

  get shown() {
    return this.#dialog.open;
  }

  /**
   * Whether a key is for this panel, which has the focus, or nothing has it.
   *
   * @param {EventTarget | null} target
   */
  #has(target) {
    return this.shown && target instanceof Node && (this.#dialog.contains(target) || target === document.body);
  }

  /** Close it as a button of no value would. */
  close() {
    this.#dialog.close();
  }

  /** Show it, and give it the focus. */
  open() {
    if (this.shown) {
      /** @type {HTMLElement | null} */ (this.#dialog.querySelector('[autofocus]'))?.focus();
      return;
    }
    this.#dialog.returnValue = '';
    if (this.#modal) this.#dialog.showModal();
    else this.#dialog.show();
    this.#showBeginning();
  }

  /** What is taller than the window is read from its beginning: the focus is there too, rather than on a button below. */
  #showBeginning() {
    const card = this.#dialog.firstElementChild;
    if (!(card instanceof HTMLElement)) return;
    card.scrollTop = 0;
    const focused = document.activeElement?.getBoundingClientRect();
    if (focused && focused.bottom > card.getBoundingClientRect().bottom) card.focus({ preventScroll: true });
  }
}
