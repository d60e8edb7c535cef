// @ts-check
// The clipboard's dialog. What goes where, and when, is decided in connection/clipboard.js.

/** @import { Clipboard, ClipboardRefusal } from '../connection/clipboard.js' */

import { mayRead } from '../connection/browser-clipboard.js';
import { Timer } from '../timer.js';
import { element } from './element.js';
import { Panel } from './panel.js';
import { texts } from './texts.js';

const TYPING_PAUSE = 250;

/** The desktop's clipboard to look at and to change, for browsers that keep theirs to themselves. */
export class ClipboardPanel extends Panel {
  #clipboard;
  #text = element('clipboard-text', HTMLTextAreaElement);
  #status = element('clipboard-status', HTMLParagraphElement);
  #hint = element('clipboard-hint', HTMLParagraphElement);
  #allow = element('clipboard-allow', HTMLButtonElement);
  #pause = new Timer(() => this.#send());

  /** @param {Clipboard} clipboard */
  constructor(clipboard) {
    super('clipboard');
    this.#clipboard = clipboard;
    clipboard.on('text', () => this.#draw());
    clipboard.on('refused', (refusal) => (this.#status.textContent = refusalText(refusal)));
    this.#text.addEventListener('input', () => this.#pause.start(TYPING_PAUSE));
    element('clipboard-copy', HTMLButtonElement).addEventListener('click', () => this.#copy());
    this.#allow.addEventListener('click', () => this.#ask());
    this.on('closed', () => this.#send());
  }

  /**
   * Show the panel with the desktop's text.
   *
   * @override
   */
  open() {
    this.#draw();
    this.#explain();
    this.#text.readOnly = !this.#clipboard.enabled;
    super.open();
    this.#text.select();
  }

  #draw() {
    this.#text.value = this.#clipboard.text;
    this.#status.textContent = '';
  }

  async #send() {
    this.#pause.stop();
    const text = this.#text.value;
    if (text === this.#clipboard.text) return;
    this.#status.textContent = '';
    await this.#clipboard.send(text);
    if (this.#clipboard.text === text) this.#status.textContent = texts.clipboard.sent;
  }

  async #copy() {
    await this.#send();
    const done = await this.#clipboard.copy();
    this.#status.textContent = done ? texts.clipboard.copied : texts.clipboard.notCopied;
  }

  async #ask() {
    await this.#clipboard.read();
    this.#explain();
  }

  async #explain() {
    this.#allow.hidden = !(this.#clipboard.enabled && (await mayRead('prompt')));
    const { shared, byKey, byKeyInsecure } = texts.clipboard;
    this.#hint.textContent = (await mayRead('granted')) ? shared : window.isSecureContext ? byKey : byKeyInsecure;
  }
}

/**
 * Why a text was not sent.
 *
 * @param {ClipboardRefusal} refusal
 */
export function refusalText(refusal) {
  const { tooLong, noConnection } = texts.clipboard;
  return refusal.reason === 'size' ? tooLong(refusal.bytes, refusal.limit) : noConnection;
}
