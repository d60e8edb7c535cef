// @ts-check
// The clipboard's dialog. What goes where, and when, is decided in connection/clipboard.js.

/** @import { Clipboard } from '../connection/clipboard.js' */
/** @import { ClipboardRefusal, Content } from '../connection/clipboard-content.js' */
/** @import { Refusals } from './data-policy.js' */

import { mayRead } from '../connection/browser-clipboard.js';
import { IMAGE_TYPES, contentOf, imageAmong } from '../connection/clipboard-content.js';
import { walk } from '../connection/file-tree.js';
import { HttpError } from '../connection/http-error.js';
import { Timer } from '../timer.js';
import { ClipboardPicture } from './clipboard-picture.js';
import { element } from './element.js';
import { errorText } from './error-text.js';
import { sizeText } from './file-facts.js';
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
  #choose = element('clipboard-choose', HTMLButtonElement);
  /** @type {number | null} serial of what is shown */
  #drawn = null;
  #chosen = element('clipboard-choose-input', HTMLInputElement);
  #picture = new ClipboardPicture();
  #pause = new Timer(() => this.#sendText());
  #isSending = false;
  #copyButton = element('clipboard-copy', HTMLButtonElement);
  /** @type {Pick<Refusals, 'copiesIn' | 'copiesOut'>} */
  #refusals = { copiesIn: '', copiesOut: '' };

  /** @param {Clipboard} clipboard */
  constructor(clipboard) {
    super('clipboard');
    this.#clipboard = clipboard;
    this.#chosen.accept = IMAGE_TYPES;
    clipboard.on('changed', () => {
      if (this.shown && !this.#isSending) this.#draw();
    });
    clipboard.on('refused', (refusal) => (this.#status.textContent = refusalText(refusal)));
    this.#text.addEventListener('input', () => this.#pause.start(TYPING_PAUSE));
    element('clipboard', HTMLDialogElement).addEventListener('paste', (event) => this.#paste(event));
    this.#copyButton.addEventListener('click', () => this.#copy());
    this.#choose.addEventListener('click', () => this.#chosen.click());
    this.#chosen.addEventListener('change', () => this.#sendChosen());
    this.#allow.addEventListener('click', () => this.#ask());
    this.on('closed', () => {
      this.#sendText();
      this.#picture.show(null);
    });
  }

  /** @param {Pick<Refusals, 'copiesIn' | 'copiesOut'>} refusals - by the operator of the desktop */
  set refusals(refusals) {
    this.#refusals = refusals;
    this.#copyButton.disabled = refusals.copiesOut !== '';
  }

  /**
   * Show the panel with what is on the desktop's clipboard.
   *
   * @override
   */
  open() {
    super.open();
    this.#drawn = null;
    this.#draw();
    this.#explain();
    this.#text.readOnly = !this.#clipboard.enabled;
    this.#choose.hidden = !this.#clipboard.enabled;
    this.#text.select();
  }

  /**
   * Take the first picture among what was dropped on the panel.
   *
   * @param {(FileSystemEntry | File)[]} dropped
   */
  async drop(dropped) {
    try {
      const { files } = await walk(dropped);
      await this.#sendImage(files.map(({ file }) => file));
    } catch (error) {
      this.#status.textContent = errorText(error);
    }
  }

  #draw() {
    const { serial, text, image } = this.#clipboard.desktop;
    this.#text.value = text;
    // The server tells of what was sent from here as well, and what was said of that stays.
    if (serial !== this.#drawn) this.#status.textContent = '';
    this.#drawn = serial;
    if (image) this.#drawPicture();
    else this.#picture.show(null);
  }

  async #drawPicture() {
    const { serial } = this.#clipboard.desktop;
    try {
      const picture = await this.#clipboard.picture();
      if (this.shown && serial === this.#clipboard.desktop.serial) this.#picture.show(picture);
    } catch (error) {
      if (serial === this.#clipboard.desktop.serial) this.#status.textContent = errorText(error);
    }
  }

  async #sendText() {
    this.#pause.stop();
    const text = this.#text.value;
    if (text !== this.#clipboard.desktop.text) await this.#send({ text, html: '', image: null });
  }

  /** @param {Iterable<File>} files */
  async #sendImage(files) {
    const image = imageAmong(files);
    if (!this.#clipboard.enabled) return;
    if (image) await this.#send({ text: '', html: '', image });
    else this.#status.textContent = texts.clipboard.noPicture;
  }

  #sendChosen() {
    const files = [...(this.#chosen.files ?? [])];
    // The same picture can be chosen once more.
    this.#chosen.value = '';
    return this.#sendImage(files);
  }

  /** @param {Content} content */
  async #send(content) {
    this.#isSending = true;
    this.#status.textContent = '';
    const done = await this.#clipboard.send(content);
    this.#isSending = false;
    // What was typed meanwhile stays.
    if (done && this.shown && (content.image || this.#text.value === content.text)) this.#draw();
    if (done) this.#status.textContent = content.image ? texts.clipboard.sentPicture : texts.clipboard.sent;
  }

  /**
   * A picture goes to the desktop with all that was copied with it; text goes into the field.
   *
   * @param {ClipboardEvent} event
   */
  #paste(event) {
    const content = event.clipboardData && contentOf(event.clipboardData);
    if (!content?.image || !this.#clipboard.enabled) return;
    event.preventDefault();
    this.#send(content);
  }

  async #copy() {
    await this.#sendText();
    const done = await this.#clipboard.copy();
    const { copied, notCopied, notCopiedPicture } = texts.clipboard;
    this.#status.textContent = done ? copied : this.#clipboard.desktop.image ? notCopiedPicture : notCopied;
  }

  async #ask() {
    await this.#clipboard.read();
    this.#explain();
  }

  async #explain() {
    this.#allow.hidden = !(this.#clipboard.enabled && (await mayRead('prompt')));
    const { copiesIn, copiesOut } = this.#refusals;
    if (copiesIn || copiesOut) {
      this.#hint.textContent = copiesIn || copiesOut;
      return;
    }
    const { shared, byKey, byKeyInsecure } = texts.clipboard;
    this.#hint.textContent = (await mayRead('granted')) ? shared : window.isSecureContext ? byKey : byKeyInsecure;
  }
}

/**
 * Why something was not sent.
 *
 * @param {ClipboardRefusal} refusal
 */
export function refusalText(refusal) {
  const { form, tooLarge, otherKind, missing, uncertain, noConnection } = texts.clipboard;
  if (refusal.reason === 'size') return tooLarge(form[refusal.form], sizeText(refusal.bytes), sizeText(refusal.limit));
  if (refusal.reason === 'kind') return otherKind;
  if (refusal.reason === 'missing') return missing;
  if (refusal.reason === 'uncertain') return uncertain;
  return refusal.error instanceof HttpError ? errorText(refusal.error) : noConnection;
}
