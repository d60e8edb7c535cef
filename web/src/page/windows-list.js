// @ts-check
// The windows on the desktop, in the menu of the bar: to switch to one that another covers, and to close it.

/** @import { WindowFacts } from '../connection/server' */
/** @import { Windows } from '../connection/windows.js' */

import { Emitter } from '../emitter.js';
import { button } from './button.js';
import { element } from './element.js';
import { readable } from './readable.js';
import { texts } from './texts.js';

/**
 * Offered as soon as there is more than one window. The main window is not closed here: that would end the application.
 *
 * Events: `chosen` (a window comes to the front), `failed` (the error of the request).
 *
 * @extends {Emitter<{chosen: void, failed: unknown}>}
 */
export class WindowsList extends Emitter {
  /** Whether the visitor may switch and close. */
  control = false;
  #section = element('windows', HTMLElement);
  #list = element('windows-list', HTMLUListElement);
  #windows;
  #drawn = '';

  /** @param {Windows} windows */
  constructor(windows) {
    super();
    this.#windows = windows;
  }

  /** @param {WindowFacts[]} windows - the oldest first */
  set windows(windows) {
    const now = JSON.stringify([windows, this.control]);
    // A row that has the focus stays as long as nothing in it is another.
    if (now === this.#drawn) return;
    this.#drawn = now;
    this.#section.hidden = windows.length < 2;
    this.#list.replaceChildren(...windows.map((window) => this.#row(window)));
  }

  /** @param {WindowFacts} window */
  #row({ id, title, main, active }) {
    const row = document.createElement('li');
    const name = readable(title) || texts.windows.untitled;
    const show = button(name, () => {
      this.#ask(this.#windows.activate(id));
      this.emit('chosen');
    });
    show.title = name;
    show.disabled = !this.control;
    if (active) show.setAttribute('aria-current', 'true');
    row.append(show);
    if (main || !this.control) return row;
    const close = button('×', () => this.#ask(this.#windows.close(id)));
    close.setAttribute('aria-label', texts.windows.closeOf(name));
    row.append(close);
    return row;
  }

  /** @param {Promise<void>} request */
  #ask(request) {
    request.catch((error) => this.emit('failed', error));
  }
}
