// @ts-check

/** @import { Events } from './events-connection.js' */
/** @import { Link } from './desktop-connection.js' */

import { chord, copyByCommand, mayRead } from './browser-clipboard.js';

// Longest text that the server takes, in bytes of UTF-8.
const LIMIT = 1_048_576;
// How long (milliseconds) a paste key waits for the browser's paste event, and for the server's echo of the text.
const PASTE_TIME = 60;
const ECHO_TIME = 250;

// Keysyms (X11/keysymdef.h).
const CONTROL_L = 0xffe3;
const ALT_L = 0xffe9;
const LETTER_V = 0x76;

/**
 * Text between this computer's clipboard and the desktop's.
 *
 * To the desktop: when a paste key is pressed (the key follows when the text is there), and, where the browser allows
 * it, when the window gets the focus. From the desktop: as soon as there is new text, where the browser allows it.
 *
 * Events: `text` (the desktop has new text), `kept` (the browser did not take it), `refusal` (detail: why a text was
 * not sent).
 */
export class Clipboard extends EventTarget {
  #events;
  #link;
  #text = '';
  #enabled = false;
  /** @type {string | null} text of the desktop that waits for the user's next key or click */
  #waiting = null;
  /** @type {((text: string) => void) | null} */
  #pasted = null;

  /**
   * @param {HTMLElement} place - the element around the picture
   * @param {Events} events
   * @param {Link} link
   */
  constructor(place, events, link) {
    super();
    this.#events = events;
    this.#link = link;
    events.addEventListener('clipboard', (event) => this.#take(/** @type {CustomEvent<string>} */ (event).detail));
    place.addEventListener('keydown', (event) => this.#intercept(event), { capture: true });
    place.addEventListener('paste', (event) => {
      event.preventDefault();
      this.#pasted?.(event.clipboardData?.getData('text/plain') ?? '');
    });
    window.addEventListener('focus', () => this.read());
    // Later the text might take the place of something copied elsewhere.
    window.addEventListener('blur', () => (this.#waiting = null));
    for (const gesture of ['pointerup', 'keydown']) {
      window.addEventListener(gesture, () => this.#offerWaiting(), { capture: true });
    }
    // What happened to the desktop's clipboard without a connection is not known.
    events.addEventListener('open', () => (this.#text = ''));
  }

  /** The desktop's text, as far as this page knows. */
  get text() {
    return this.#text;
  }

  /** Whether this viewer may change the desktop's clipboard. */
  get enabled() {
    return this.#enabled;
  }

  set enabled(enabled) {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    if (enabled) this.read();
  }

  /** Take this computer's text, where the browser allows it without asking. */
  async read() {
    if (!this.#enabled || !document.hasFocus() || !(await mayRead('granted'))) return;
    await this.readAsking();
  }

  /** Take this computer's text; the browser may ask the user. */
  async readAsking() {
    try {
      await this.send(await navigator.clipboard.readText());
    } catch (error) {
      console.info('The browser keeps its clipboard:', error);
    }
  }

  /**
   * Make text the desktop's.
   *
   * @param {string} text
   * @returns {Promise<void>} when the server has it, or has had time for it
   */
  async send(text) {
    if (!this.#enabled || text === '' || text === this.#text) return;
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > LIMIT) {
      this.#refuse(`The text has ${bytes} bytes; the clipboard takes ${LIMIT}. Use a file instead.`);
      return;
    }
    if (!this.#events.sendClipboard(text)) {
      this.#refuse('The clipboard has no connection to the server. Try again in a moment.');
      return;
    }
    this.#text = text;
    await this.#echo(text);
  }

  /**
   * Give the desktop's text to this computer. Call it from a click where the browser needs one.
   *
   * @returns {Promise<boolean>} whether the browser took it
   */
  async copy() {
    const text = this.#text;
    try {
      if (navigator.clipboard) {
        await navigator.clipboard.writeText(text);
        return true;
      }
    } catch {
      // Not allowed now; the older command may be.
    }
    return copyByCommand(text);
  }

  /** @param {string} text */
  async #take(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.dispatchEvent(new Event('text'));
    if (text === '' || !document.hasFocus() || (await this.copy())) return;
    this.#waiting = text;
    this.dispatchEvent(new Event('kept'));
  }

  async #offerWaiting() {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null && waiting === this.#text) await this.copy();
  }

  /**
   * Wait for the server's echo of a text, but not for long.
   *
   * @param {string} text
   * @returns {Promise<void>}
   */
  #echo(text) {
    return new Promise((resolve) => {
      /** @param {Event} event */
      const listen = (event) => {
        if (/** @type {CustomEvent<string>} */ (event).detail === text) finish();
      };
      const finish = () => {
        clearTimeout(timer);
        this.#events.removeEventListener('clipboard', listen);
        resolve();
      };
      const timer = setTimeout(finish, ECHO_TIME);
      this.#events.addEventListener('clipboard', listen);
    });
  }

  /**
   * Let the browser paste to the page, send the text, and only then the keys, all later ones in their order.
   *
   * @param {KeyboardEvent} event
   */
  async #intercept(event) {
    const desktop = this.#link.desktop;
    if (!event.isTrusted || !desktop || !this.#enabled || !chord(event)) return;
    event.stopImmediatePropagation();
    const release = desktop.holdKeys();
    try {
      if (event.metaKey) {
        // A Mac's Command+V; noVNC has sent Command as Alt.
        desktop.sendKey(CONTROL_L, 'ControlLeft', true);
        desktop.sendKey(ALT_L, 'MetaLeft', false);
        desktop.sendKey(LETTER_V, 'KeyV');
        desktop.sendKey(CONTROL_L, 'ControlLeft', false);
      } else {
        // noVNC would prevent the paste along with the key, so it gets a copy of the event.
        desktop.canvas.dispatchEvent(new KeyboardEvent('keydown', copyOf(event)));
      }
      await this.send(await this.#paste());
    } finally {
      release();
    }
  }

  /**
   * The text of the browser's paste event, empty when there is none.
   *
   * @returns {Promise<string>}
   */
  #paste() {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(''), PASTE_TIME);
      this.#pasted = (text) => {
        clearTimeout(timer);
        resolve(text);
      };
    });
  }

  /** @param {string} why */
  #refuse(why) {
    this.dispatchEvent(new CustomEvent('refusal', { detail: why }));
  }
}

/**
 * @param {KeyboardEvent} event
 * @returns {KeyboardEventInit}
 */
function copyOf(event) {
  const { key, code, location, repeat, ctrlKey, shiftKey, altKey, metaKey } = event;
  return {
    key, code, location, repeat, ctrlKey, shiftKey, altKey, metaKey,
    modifierCapsLock: event.getModifierState('CapsLock'),
    modifierNumLock: event.getModifierState('NumLock'),
    cancelable: true,
  };
}
