// @ts-check
// What is copied, between two clipboards: what goes where, and when. latest-copy.js decides which of them has the newer copy,
// browser-clipboard.js how the browser gives and takes, clipboard-sender.js how the server takes, paste-key.js the paste key.

/** @import { ClipboardRefusal, Content } from './clipboard-content.js' */
/** @import { End } from './clipboard-sender.js' */
/** @import { EventsConnection } from './events-connection.js' */
/** @import { ClipboardOffer } from './server' */

import { Emitter } from '../emitter.js';
import { copyForms, isActive, mayCopy, mayRead, read } from './browser-clipboard.js';
import { isEmpty, sameText, withinLimits } from './clipboard-content.js';
import { ClipboardSender } from './clipboard-sender.js';
import { LatestCopy } from './latest-copy.js';
import { get } from './server-clipboard.js';
import { isShortcut } from './shortcut.js';
import { Turns } from './turns.js';

/** @type {ClipboardOffer} */
const NOTHING = Object.freeze({ serial: 0, kind: 'nothing', text: '', html: false, image: null, files: [] });

/**
 * Keeps this computer's clipboard and the desktop's the same, as far as the browser allows it.
 *
 * To the desktop: when a paste key is pressed, and, where the browser allows it, when the window gets the focus. From the
 * desktop: as soon as something is copied there and the browser takes it. What is older never takes the place of what is newer.
 *
 * Events: `changed` (something else is on the desktop's clipboard), `waiting` (the browser takes it at the next key or click),
 * `kept` (the browser did not take it), `slow` (what is on its way to the desktop takes long), `refused`.
 *
 * @extends {Emitter<{changed: void, waiting: void, kept: void, slow: void, refused: ClipboardRefusal}>}
 */
export class Clipboard extends Emitter {
  #enabled = false;
  #desktop = NOTHING;
  #latest = new LatestCopy();
  /** Whether the server has told what is there since the connection was opened, and whether it ever has. */
  #told = { now: false, ever: false };
  /** @type {number | null} serial of a copy that waits for the browser to take it */
  #waiting = null;
  /** @type {number | null} serial of the one that waited when the window lost the focus */
  #left = null;
  /** How often the window has lost the focus: a browser takes nothing of a page behind. */
  #departures = 0;
  /** @type {{serial: number, blob: Promise<Blob>} | null} */
  #picture = null;
  #sender;
  /** Serials of what this page has sent and given the browser last. */
  #own = 0;
  #given = 0;
  #turns = new Turns();

  /** @param {EventsConnection} events */
  constructor(events) {
    super();
    this.#sender = new ClipboardSender(events);
    this.#sender.on('sent', (sent) => this.#put(sent));
    this.#sender.on('slow', () => this.emit('slow'));
    this.#sender.on('refused', (refusal) => this.emit('refused', refusal));
    events.on('clipboard', (offer) => this.#take(offer));
    events.on('opened', () => {
      this.#told.now = false;
      // Another server counts anew.
      this.#own = this.#given = 0;
    });
    window.addEventListener('blur', () => {
      this.#left = this.#waiting;
      this.#departures += 1;
    });
    window.addEventListener('focus', () => this.#readUnasked());
    for (const gesture of ['pointerup', 'keydown']) {
      window.addEventListener(gesture, (event) => this.#offerWaiting(event), { capture: true });
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
   * Make the desktop's what the user pastes, unless that is older than what is there.
   *
   * @param {Content} content
   * @returns {Promise<boolean>} whether the desktop has what is to be pasted
   */
  async offer(content) {
    const end = await this.#turns.take(() => this.#offer(content, true));
    return end === 'sent' || end === 'older';
  }

  /**
   * Make something the desktop's that the user has chosen just now.
   *
   * @param {Content} content
   * @returns {Promise<boolean>} whether the desktop has it
   */
  async send(content) {
    if ((await this.#turns.take(() => this.#send(content))) !== 'sent') return false;
    // This computer's clipboard has something else, which is older now.
    this.#latest.copiedOnDesktop(true);
    return true;
  }

  /** The browser has not told what it pastes. */
  missed() {
    this.emit('refused', { reason: 'missing' });
  }

  /** Leave what is on its way to the desktop. */
  giveUp() {
    this.#sender.giveUp();
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
    this.#given = serial;
    if (serial === this.#waiting) this.#waiting = null;
    const content = { text, html: (await written) ?? '', image: await copied.image };
    if (serial === this.#desktop.serial) this.#latest.shared(await this.#seenAgain(content));
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

  /** Take what this computer has, where the browser allows it without asking, and give what waits. */
  async #readUnasked() {
    if (!this.#told.ever || !document.hasFocus()) return;
    const left = this.#left;
    await this.#turns.take(async () => {
      const mayLook = this.#enabled && (await mayRead('granted'));
      if (mayLook) await this.#offer(await read(), false);
      else this.#leave(left);
      if (mayLook && this.#isWaiting) await this.#give(true);
    }).catch((error) => console.info('The browser keeps its clipboard:', error));
  }

  /**
   * This computer may have something newer than what waited when the window lost the focus.
   *
   * @param {number | null} left - serial of that
   */
  #leave(left) {
    if (this.#waiting !== left || !this.#isWaiting) return;
    this.#waiting = null;
    this.emit('kept');
  }

  /**
   * Browsers give back other bytes of the same picture, and other line ends.
   *
   * @param {Content} content
   */
  async #seenAgain(content) {
    try {
      if (document.hasFocus() && (await mayRead('granted'))) return await read();
    } catch (error) {
      console.info('The browser keeps its clipboard:', error);
    }
    return content;
  }

  /**
   * @param {Content} content
   * @param {boolean} asked - whether the user pastes it
   * @returns {Promise<End>}
   */
  async #offer(content, asked) {
    if (!this.#enabled || isEmpty(content)) return 'older';
    if (this.#hasAlready(content)) {
      this.#waiting = null;
      this.#latest.shared(content);
      return 'older';
    }
    if (!(await this.#latest.look(content, asked))) return 'older';
    this.#waiting = null;
    const end = await this.#send(content, this.#desktop.serial);
    if (end === 'sent') this.#latest.shared(content);
    if (end === 'older') this.#latest.copiedOnDesktop(true);
    return end;
  }

  /** @param {Content} content */
  #hasAlready(content) {
    const { text, html, image } = this.#desktop;
    return text !== '' && sameText(text, content.text) && (html || !content.html) && Boolean(image || !content.image);
  }

  /**
   * @param {Content} content
   * @param {number} [known] - serial of the last change of the desktop's clipboard that is older
   * @returns {Promise<End>}
   */
  async #send(content, known) {
    const { fitting, excess } = withinLimits(content);
    for (const one of excess) this.emit('refused', { reason: 'size', ...one });
    if (!this.#enabled || isEmpty(fitting)) {
      if (excess.length === 0) this.emit('refused', { reason: 'kind' });
      return 'refused';
    }
    return await this.#sender.send(fitting, known);
  }

  /**
   * @param {{content: Content, serial: number}} sent
   */
  #put({ content: { text, html, image }, serial }) {
    this.#own = serial;
    // A program may have copied something later, which was told already.
    if (serial < this.#desktop.serial) return;
    const facts = image && { width: 0, height: 0, bytes: image.size };
    const kind = text ? 'text' : image ? 'image' : 'html';
    this.#know({ serial, kind, text, html: html !== '', image: facts, files: [] });
  }

  /** @param {ClipboardOffer} offer */
  async #take(offer) {
    // The news of what is being sent may come before the answer.
    await this.#sender.passing;
    const isBackAgain = !this.#told.now && this.#told.ever;
    const isFirst = !this.#told.ever;
    this.#told = { now: true, ever: true };
    const { serial, kind, text, standing = false } = offer;
    const known = this.#desktop;
    const isSame = isBackAgain && kind === known.kind && text === known.text && (text !== '' || serial === known.serial);
    if (!standing && serial !== 0 && serial < known.serial) return;
    this.#know(offer);
    if (kind === 'nothing') this.#latest.desktopCleared();
    else if (serial !== this.#own && !isSame) await this.#copied(!standing || isBackAgain);
    if (isFirst) await this.#readUnasked();
  }

  /** @param {boolean} live - whether the page was there when the desktop copied */
  async #copied(live) {
    this.#latest.copiedOnDesktop(live);
    const { serial, text, html, image } = this.#desktop;
    // Of what the browser has already, more does not follow to where something newer may have been copied.
    const isLate = serial === this.#given && !document.hasFocus();
    if (!live || isLate || !(text || html || image)) return;
    this.#waiting = serial;
    if (!document.hasFocus()) return;
    if (await mayCopy()) await this.#give(true);
    else if (this.#isWaiting) this.emit('waiting');
  }

  /** @param {ClipboardOffer} offer */
  #know(offer) {
    this.#desktop = offer;
    this.emit('changed');
  }

  get #isWaiting() {
    return this.#waiting !== null && this.#waiting === this.#desktop.serial && this.#latest.isDesktops;
  }

  /** @param {Event} gesture */
  async #offerWaiting(gesture) {
    // What this computer has may be newer and about to be pasted; a key such as Shift does not count.
    if (!this.#isWaiting || isShortcut(gesture)) return;
    // The window may have got the focus by this click, and what is here be newer.
    const departures = this.#departures;
    if (this.passing) await this.passing;
    // Who has left meanwhile had asked for it.
    if (departures !== this.#departures) this.#left = null;
    if (!this.#isWaiting || !isActive()) return;
    await this.#give(false);
  }

  /**
   * Give the browser what waits. What it did not take since the user has left meanwhile goes on waiting.
   *
   * @param {boolean} again - whether what it did not take for another reason does, too
   */
  async #give(again) {
    const [serial, departures] = [this.#waiting, this.#departures];
    // Nobody else gives it meanwhile.
    this.#waiting = null;
    if ((await this.copy()) || serial !== this.#desktop.serial || !this.#latest.isDesktops) return;
    const hasLeft = departures !== this.#departures || !document.hasFocus();
    if (hasLeft || again) this.#waiting ??= serial;
    if (!hasLeft) this.emit('kept');
  }
}
