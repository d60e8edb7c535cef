// @ts-check
// The mouse buttons that go back and forward in Firefox on Linux. It tells the page of neither and goes through the history:
// what the page hears of is a step there.

import { Emitter } from '../emitter.js';

/** Bits of MouseEvent.buttons. */
const Buttons = Object.freeze({ BACK: 8, FORWARD: 16 });
/** Entries of the history around the page's own; a step to one of them is a button, and is taken back. */
const Entry = Object.freeze({ BEFORE: 'before', HERE: 'here', AFTER: 'after' });

/**
 * Buttons that come as steps through the history.
 *
 * Event: `pressed` (the button's bit of MouseEvent.buttons).
 *
 * @extends {Emitter<{pressed: number}>}
 */
export class HistoryButtons extends Emitter {
  #desktop;

  /** @param {HTMLElement} desktop - where the buttons are the desktop's */
  constructor(desktop) {
    super();
    this.#desktop = desktop;
    // Firefox steps over an entry that the user has done nothing in.
    desktop.addEventListener('pointerup', surround);
    window.addEventListener('popstate', (event) => this.#follow(event.state?.entry));
  }

  /** Whether this browser keeps the buttons from the page. */
  static get wanted() {
    return /Linux.*Firefox\//.test(navigator.userAgent);
  }

  /** @param {unknown} entry - of the history, where a step has led */
  #follow(entry) {
    const meant = this.#desktop.matches(':hover');
    if (entry === Entry.BEFORE) {
      if (meant) this.emit('pressed', Buttons.BACK);
      // By the browser's own button, the user wants to leave.
      history.go(meant ? 1 : -1);
    } else if (entry === Entry.AFTER) {
      if (meant) this.emit('pressed', Buttons.FORWARD);
      history.back();
    }
  }
}

/** Put an entry before the page's, and one after it. */
function surround() {
  if (history.state?.entry) return;
  const { state } = history;
  history.replaceState({ ...state, entry: Entry.BEFORE }, '');
  history.pushState({ ...state, entry: Entry.HERE }, '');
  history.pushState({ ...state, entry: Entry.AFTER }, '');
  history.back();
}
