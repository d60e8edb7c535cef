// @ts-check
// The browser's key for pasting: what is pasted first, then the key. Other shortcuts wait for what is on its way.

/** @import { RFBClient } from '../novnc/rfb-client.js' */
/** @import { Clipboard } from './clipboard.js' */
/** @import { Content } from './clipboard-content.js' */
/** @import { DesktopConnection } from './desktop-connection.js' */

import { contentOf } from './clipboard-content.js';

// How long a paste key waits for the browser's paste event, which comes at once but on a busy computer: so many turns of so many
// milliseconds, since a browser that fetches a large clipboard has no turns meanwhile.
const PASTE_TURNS = 30;
const PASTE_TURN = 100;

/**
 * Lets the browser paste to the page and sends what it pastes. The key follows when the desktop has that, or not at all; later
 * keys and clicks wait for it. Escape gives up.
 */
export class PasteKey {
  #connection;
  #clipboard;
  /** Whether the machine is one of Apple's, where Command takes the place of Control. */
  #apple = /mac|iphone|ipad/i.test(navigator.platform);
  /** @type {((content: Content) => void) | null} */
  #pasted = null;
  #pastes = 0;
  /** Whether the browser has paste events, and each paste key must get one. */
  #hasEvents = false;

  /**
   * @param {HTMLElement} place - the element around the picture
   * @param {DesktopConnection} connection
   * @param {Clipboard} clipboard
   */
  constructor(place, connection, clipboard) {
    this.#connection = connection;
    this.#clipboard = clipboard;
    place.addEventListener('keydown', (event) => this.#intercept(event), { capture: true });
    // Firefox has a paste over the desktop happen to the body.
    window.addEventListener('paste', (event) => this.#take(event), { capture: true });
  }

  /** @param {ClipboardEvent} event */
  #take(event) {
    if (!this.#pasted || !event.clipboardData) return;
    event.preventDefault();
    this.#hasEvents = true;
    this.#pasted(contentOf(event.clipboardData));
  }

  /** @param {KeyboardEvent} event */
  async #intercept(event) {
    const { rfb } = this.#connection;
    if (!event.isTrusted || !rfb || !this.#clipboard.enabled) return;
    if (isPasteKey(event, this.#apple)) {
      event.stopImmediatePropagation();
      await this.#paste(rfb.holdInput(() => press(rfb, event)));
    } else if (event.key === 'Escape' && this.#pastes > 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#clipboard.giveUp();
    } else if ((event.ctrlKey || event.metaKey) && this.#clipboard.passing) {
      // A program may paste by any shortcut, as napari does by Control+N.
      const release = rfb.holdInput();
      await this.#clipboard.passing.finally(release);
    }
  }

  /** @param {(isThere: boolean) => void} release - the key */
  async #paste(release) {
    this.#pastes += 1;
    let isThere = false;
    try {
      const content = await this.#content();
      isThere = content ? await this.#clipboard.offer(content) : !this.#hasEvents;
      if (!content && !isThere) this.#clipboard.missed();
    } finally {
      this.#pastes -= 1;
      release(isThere);
    }
  }

  /**
   * What the browser's paste event brings; null when there is none.
   *
   * @returns {Promise<Content | null>}
   */
  #content() {
    return new Promise((resolve) => {
      const finish = (/** @type {Content | null} */ content) => {
        clearInterval(turns);
        this.#pasted = null;
        resolve(content);
      };
      let left = PASTE_TURNS;
      const turns = setInterval(() => {
        left -= 1;
        if (left === 0) finish(null);
      }, PASTE_TURN);
      this.#pasted = finish;
    });
  }
}

/**
 * Whether a key event is the browser's own key for pasting.
 *
 * @param {Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>} event
 * @param {boolean} apple - whether Command takes the place of Control
 */
export function isPasteKey({ key, code, ctrlKey, metaKey, altKey, shiftKey }, apple) {
  if (altKey) return false;
  if (key === 'Insert') return shiftKey && !ctrlKey && !metaKey;
  // Layouts without Latin letters paste with the key that is V elsewhere.
  const letterV = key.toLowerCase() === 'v' || (code === 'KeyV' && key > '\u007f');
  return letterV && (apple ? metaKey && !ctrlKey : ctrlKey && !metaKey);
}

/**
 * Press the key of an event on the desktop.
 *
 * @param {RFBClient} rfb
 * @param {KeyboardEvent} event
 */
function press(rfb, event) {
  // The keyboard would prevent the paste along with the key, so it gets a copy of the event.
  rfb.canvas.dispatchEvent(new KeyboardEvent('keydown', copyOf(event)));
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
    bubbles: true,
    cancelable: true,
  };
}
