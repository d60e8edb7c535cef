// @ts-check

/** @import { Clipboard } from '../connection/clipboard.js' */

import { mayRead } from '../connection/browser-clipboard.js';
import { element } from './element.js';
import { Panel } from './panel.js';

const TYPING_PAUSE = 250;

/** The desktop's clipboard to look at and to change, for browsers that keep theirs to themselves. */
export class ClipboardPanel extends Panel {
  #clipboard;
  #text = element('clipboard-text', HTMLTextAreaElement);
  #status = element('clipboard-status', HTMLParagraphElement);
  #hint = element('clipboard-hint', HTMLParagraphElement);
  #allow = element('clipboard-allow', HTMLButtonElement);
  #copy = element('clipboard-copy', HTMLButtonElement);
  #timer = 0;

  /**
   * @param {Clipboard} clipboard
   * @param {() => void} leave - called when it has been closed
   */
  constructor(clipboard, leave) {
    super('clipboard', leave);
    this.#clipboard = clipboard;
    clipboard.addEventListener('text', () => this.#draw());
    clipboard.addEventListener('refusal', (event) => {
      this.#status.textContent = /** @type {CustomEvent<string>} */ (event).detail;
    });
    this.#text.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => this.#send(), TYPING_PAUSE);
    });
    this.#copy.addEventListener('click', () => this.#give());
    this.#allow.addEventListener('click', () => this.#ask());
  }

  /** Show the panel with the desktop's text. */
  show() {
    this.#draw();
    this.#explain();
    this.#text.readOnly = !this.#clipboard.enabled;
    this.open(this.#text);
    this.#text.select();
  }

  /** @override */
  close() {
    if (this.shown) this.#send();
    super.close();
  }

  #draw() {
    this.#text.value = this.#clipboard.text;
    this.#status.textContent = '';
  }

  async #send() {
    clearTimeout(this.#timer);
    const text = this.#text.value;
    if (text === this.#clipboard.text) return;
    this.#status.textContent = '';
    await this.#clipboard.send(text);
    if (this.#clipboard.text === text) this.#status.textContent = 'The desktop has this text.';
  }

  async #give() {
    await this.#send();
    const done = await this.#clipboard.copy();
    this.#status.textContent = done
      ? 'This computer has this text.'
      : 'The browser refused. Select the text and copy it with the keyboard.';
  }

  async #ask() {
    await this.#clipboard.readAsking();
    this.#explain();
  }

  async #explain() {
    const asks = this.#clipboard.enabled && (await mayRead('prompt'));
    this.#allow.hidden = !asks;
    this.#hint.textContent = (await mayRead('granted'))
      ? 'Text goes both ways by itself.'
      : window.isSecureContext
        ? 'Text goes to the desktop when you press the paste key there, and comes back when you copy there.'
        : 'Text goes to the desktop when you press the paste key there. At an https address (or localhost) the browser ' +
          'would also let this page share the whole clipboard by itself.';
  }
}
