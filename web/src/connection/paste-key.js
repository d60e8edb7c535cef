// @ts-check
// The browser's key for pasting: what is pasted first, then the key. Other shortcuts wait for what is on its way.

/** @import { RFBClient } from '../novnc/rfb-client.js' */
/** @import { Clipboard } from './clipboard.js' */
/** @import { Content } from './clipboard-content.js' */
/** @import { DesktopConnection } from './desktop-connection.js' */

import { contentOf } from './clipboard-content.js';

// How long (milliseconds) a paste key waits for the browser's paste event.
const PASTE_TIME = 250;

/** Lets the browser paste to the page, sends what it pastes, and only then the keys, all later ones in their order. */
export class PasteKey {
  #connection;
  #clipboard;
  /** Whether the machine is one of Apple's, where Command takes the place of Control. */
  #apple = /mac|iphone|ipad/i.test(navigator.platform);
  /** @type {((content: Content) => void) | null} */
  #pasted = null;

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
    this.#pasted(contentOf(event.clipboardData));
  }

  /** @param {KeyboardEvent} event */
  async #intercept(event) {
    const { rfb } = this.#connection;
    if (!event.isTrusted || !rfb || !this.#clipboard.enabled) return;
    if (isPasteKey(event, this.#apple)) {
      event.stopImmediatePropagation();
      const release = rfb.holdKeys();
      press(rfb, event);
      await this.#paste().finally(release);
    } else if ((event.ctrlKey || event.metaKey) && this.#clipboard.passing) {
      // A program may paste by any shortcut, as napari does by Control+N.
      await this.#clipboard.passing.finally(rfb.holdKeys());
    }
  }

  async #paste() {
    const content = await this.#content();
    if (content) await this.#clipboard.offer(content);
  }

  /**
   * What the browser's paste event brings; null when there is none.
   *
   * @returns {Promise<Content | null>}
   */
  #content() {
    return new Promise((resolve) => {
      const finish = (/** @type {Content | null} */ content) => {
        clearTimeout(timeout);
        this.#pasted = null;
        resolve(content);
      };
      const timeout = setTimeout(() => finish(null), PASTE_TIME);
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
