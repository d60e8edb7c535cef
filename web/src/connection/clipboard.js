// @ts-check
// What is copied, between two clipboards: which of them gets what, and when. How the browser gives and takes stands in
// browser-clipboard.js, how the server does in server-clipboard.js, the paste key in paste-key.js.

/** @import { Content, Excess } from './clipboard-content.js' */
/** @import { EventsConnection } from './events-connection.js' */
/** @import { ClipboardOffer } from './server' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { copyForms, isActive, mayCopy, mayRead, read } from './browser-clipboard.js';
import { isEmpty, same, withinLimits } from './clipboard-content.js';
import { HttpError } from './http-error.js';
import { get, put } from './server-clipboard.js';
import { Turns } from './turns.js';

// How long (milliseconds) something may be on its way before the user is told.
const SLOW = 1000;
/** @type {ClipboardOffer} */
const NOTHING = Object.freeze({ serial: 0, text: '', html: false, image: null, files: [] });

/** @typedef {({reason: 'size'} & Excess) | {reason: 'failed', error: unknown}} ClipboardRefusal why something was not sent */

/**
 * Keeps this computer's clipboard and the desktop's the same, as far as the browser allows it.
 *
 * To the desktop: when a paste key is pressed, and, where the browser allows it, when the window gets the focus. From the
 * desktop: as soon as something is copied there. What is older never takes the place of what is newer: a serial tells which copy
 * on the desktop this page knows, and what this computer had when it was last seen is older than a copy that came since.
 *
 * Events: `changed` (something else is on the desktop's clipboard), `waiting` (the browser takes it at the next key or click),
 * `kept` (the browser did not take it), `slow` (what is on its way to the desktop takes long), `refused`.
 *
 * @extends {Emitter<{changed: void, waiting: void, kept: void, slow: void, refused: ClipboardRefusal}>}
 */
export class Clipboard extends Emitter {
  #enabled = false;
  #desktop = NOTHING;
  /** @type {Content | null} what this computer's clipboard had when it was last seen */
  #seen = null;
  /** Whether the desktop's copy came after the last moment at which this computer's clipboard may have changed unseen. */
  #isLater = false;
  /** @type {number | null} serial of a copy that waits for the user's next key or click */
  #waiting = null;
  /** @type {{serial: number, blob: Promise<Blob>} | null} */
  #picture = null;
  #turns = new Turns();

  /** @param {EventsConnection} events */
  constructor(events) {
    super();
    events.on('clipboard', (offer) => this.#take(offer));
    // What happened to the desktop's clipboard without a connection, the server tells.
    events.on('opened', () => this.#know(NOTHING));
    window.addEventListener('focus', () => this.#readUnasked());
    window.addEventListener('blur', () => {
      this.#isLater = false;
      // Later it might take the place of something copied elsewhere.
      this.#waiting = null;
    });
    for (const gesture of ['pointerup', 'keydown']) {
      window.addEventListener(gesture, () => this.#offerWaiting(), { capture: true });
    }
  }

  /** What is on the desktop's clipboard, as far as this page knows. */
  get desktop() {
    return this.#desktop;
  }

  /** Ends when what is on its way to the desktop is there; null when nothing is. */
  get passing() {
    return this.#turns.passing;
  }

  /** Whether this viewer may change the desktop's clipboard. */
  get enabled() {
    return this.#enabled;
  }

  set enabled(enabled) {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    if (enabled) this.#readUnasked();
  }

  /** Take what this computer has; the browser may ask the user. */
  async read() {
    try {
      await this.offer(await read());
    } catch (error) {
      console.info('The browser keeps its clipboard:', error);
    }
  }

  /**
   * Make the desktop's what this computer has, unless that is older than what is there.
   *
   * @param {Content} content
   * @returns {Promise<unknown>} when the desktop has it, or it is known why not
   */
  offer(content) {
    return this.#turns.take(() => this.#offer(content));
  }

  /**
   * Make something the desktop's that the user has chosen just now.
   *
   * @param {Content} content
   * @returns {Promise<boolean>} whether the desktop has it
   */
  async send(content) {
    const end = await this.#turns.take(() => this.#send(content));
    if (end === 'sent') this.#isLater = true;
    return end === 'sent';
  }

  /**
   * Give this computer what is on the desktop's clipboard. Call it from a click where the browser needs one.
   *
   * @returns {Promise<boolean>} whether the browser took it
   */
  async copy() {
    const { serial, text, html, image } = this.#desktop;
    const markup = html ? get('text/html', serial).then((blob) => blob.text()) : null;
    const copied = { text, html: markup, image: image ? this.picture() : null };
    // Where the browser does not take it, nobody else waits for it.
    const written = markup?.catch(() => '');
    if (!(await copyForms(copied))) return false;
    this.#seen = { text, html: (await written) ?? '', image: await copied.image };
    await this.#seeAgain();
    return true;
  }

  /**
   * The image on the desktop's clipboard as PNG; there must be one.
   *
   * @returns {Promise<Blob>}
   */
  picture() {
    const { serial } = this.#desktop;
    if (this.#picture?.serial !== serial) {
      const blob = get('image/png', serial);
      blob.catch(() => (this.#picture = null));
      this.#picture = { serial, blob };
    }
    return this.#picture.blob;
  }

  /** Take what this computer has, where the browser allows it without asking. */
  async #readUnasked() {
    if (!this.#enabled || !document.hasFocus()) return;
    await this.#turns.take(async () => {
      if (await mayRead('granted')) await this.#offer(await read());
    }).catch((error) => console.info('The browser keeps its clipboard:', error));
  }

  /** Browsers give back other bytes of the same picture, and other line ends. */
  async #seeAgain() {
    try {
      if (document.hasFocus() && (await mayRead('granted'))) this.#seen = await read();
    } catch (error) {
      console.info('The browser keeps its clipboard:', error);
    }
  }

  /** @param {Content} content */
  async #offer(content) {
    if (!this.#enabled || isEmpty(content)) return;
    const isOlder = await this.#isOlder(content);
    if (isOlder || (await this.#send(content, this.#desktop.serial)) !== 'failed') this.#seen = content;
  }

  /**
   * Whether what this computer has is older than what is on the desktop, or the same.
   *
   * @param {Content} content
   */
  async #isOlder(content) {
    const { serial, text, html, image } = this.#desktop;
    if (serial === 0) return false;
    const isPart = text !== '' && text === content.text && (html || !content.html) && (image || !content.image);
    return isPart || (this.#seen ? await same(content, this.#seen) : this.#isLater);
  }

  /**
   * @param {Content} content
   * @param {number} [known] - serial of the copy on the desktop that is older
   * @returns {Promise<'sent' | 'unfit' | 'older' | 'failed'>}
   */
  async #send(content, known) {
    const { fitting, excess } = withinLimits(content);
    for (const one of excess) this.emit('refused', { reason: 'size', ...one });
    if (!this.#enabled || isEmpty(fitting)) return 'unfit';
    const slow = new Timer(() => this.emit('slow'));
    slow.start(SLOW);
    try {
      this.#put(fitting, await put(fitting, known));
      return 'sent';
    } catch (error) {
      if (known !== undefined && error instanceof HttpError && error.status === 409) return 'older';
      this.emit('refused', { reason: 'failed', error });
      return 'failed';
    } finally {
      slow.stop();
    }
  }

  /**
   * @param {Content} content
   * @param {number} serial
   */
  #put({ text, html, image }, serial) {
    // A program may have copied something later, which was told already.
    if (serial < this.#desktop.serial) return;
    const facts = image && { width: 0, height: 0, bytes: image.size };
    this.#know({ serial, text, html: html !== '', image: facts, files: [] });
  }

  /** @param {ClipboardOffer} offer */
  async #take(offer) {
    const { serial, text, html, image, standing } = offer;
    if (serial !== 0 && serial < this.#desktop.serial) return;
    this.#know(offer);
    if (standing || serial === 0 || !document.hasFocus()) return;
    this.#isLater = true;
    if (!(text || html || image)) return;
    const tried = await mayCopy();
    if ((tried && (await this.copy())) || serial !== this.#desktop.serial) return;
    this.#waiting = serial;
    this.emit(tried ? 'kept' : 'waiting');
  }

  /** @param {ClipboardOffer} offer */
  #know(offer) {
    this.#desktop = offer;
    this.emit('changed');
  }

  async #offerWaiting() {
    // A key such as Shift does not count.
    if (this.#waiting === null || !isActive()) return;
    const isThere = this.#waiting === this.#desktop.serial;
    this.#waiting = null;
    if (isThere && !(await this.copy())) this.emit('kept');
  }
}
