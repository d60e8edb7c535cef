// @ts-check
// The browser's key for pasting: the text first, then the key.

/** @import { RFBClient } from '../novnc/rfb-client.js' */
/** @import { Clipboard } from './clipboard.js' */
/** @import { DesktopConnection } from './desktop-connection.js' */

import { ALT_L, CONTROL_L, LETTER_V } from './keysyms.js';

// How long (milliseconds) a paste key waits for the browser's paste event.
const PASTE_TIME = 60;

/** Lets the browser paste to the page, sends the text, and only then the keys, all later ones in their order. */
export class PasteKey {
  #connection;
  #clipboard;
  /** Whether the machine is one of Apple's, where Command takes the place of Control. */
  #apple = /mac|iphone|ipad/i.test(navigator.platform);
  /** @type {((text: string) => void) | null} */
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
    place.addEventListener('paste', (event) => {
      event.preventDefault();
      this.#pasted?.(event.clipboardData?.getData('text/plain') ?? '');
    });
  }

  /** @param {KeyboardEvent} event */
  async #intercept(event) {
    const { rfb } = this.#connection;
    if (!event.isTrusted || !rfb || !this.#clipboard.enabled || !isPasteKey(event, this.#apple)) return;
    event.stopImmediatePropagation();
    const release = rfb.holdKeys();
    try {
      press(rfb, event);
      await this.#clipboard.send(await this.#text());
    } finally {
      release();
    }
  }

  /**
   * The text of the browser's paste event, empty when there is none.
   *
   * @returns {Promise<string>}
   */
  #text() {
    return new Promise((resolve) => {
      const timeout = setTimeout(() => resolve(''), PASTE_TIME);
      this.#pasted = (text) => {
        clearTimeout(timeout);
        resolve(text);
      };
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
  if (event.metaKey) {
    // A Mac's Command+V; noVNC has sent Command as Alt.
    rfb.sendKey(CONTROL_L, 'ControlLeft', true);
    rfb.sendKey(ALT_L, 'MetaLeft', false);
    rfb.sendKey(LETTER_V, 'KeyV');
    rfb.sendKey(CONTROL_L, 'ControlLeft', false);
  } else {
    // noVNC would prevent the paste along with the key, so it gets a copy of the event.
    rfb.canvas.dispatchEvent(new KeyboardEvent('keydown', copyOf(event)));
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
