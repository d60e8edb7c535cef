// @ts-check
// The card that tells how the application has ended and what is back. What it says is decided in crash-content.js.

/** @import { CompanionFacts, SessionFacts } from '../connection/server' */
/** @import { Session } from '../connection/session.js' */
/** @import { CrashContent, CrashFacts } from './crash-content.js' */

import { copy } from '../connection/browser-clipboard.js';
import { Emitter } from '../emitter.js';
import { BrowserMemory } from './browser-memory.js';
import { Card } from './card.js';
import { crashContent } from './crash-content.js';
import { crashReport } from './crash-report.js';
import { element } from './element.js';
import { texts } from './texts.js';

/**
 * Shows each end once in this browser, until it is closed.
 *
 * Events: `start` (the application, which stays ended), `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{start: void, closed: void}>}
 */
export class CrashCard extends Emitter {
  #card = new Card('crash');
  #title = element('crash-title', HTMLHeadingElement);
  #lines = element('crash-lines', HTMLDivElement);
  #missing = element('crash-missing', HTMLUListElement);
  #details = element('crash-details', HTMLDetailsElement);
  #saidTitle = element('crash-said-title', HTMLElement);
  #said = element('crash-said', HTMLPreElement);
  #status = element('crash-status', HTMLParagraphElement);
  #report = element('crash-report', HTMLButtonElement);
  #start = element('crash-start', HTMLButtonElement);
  #memory = new BrowserMemory('end');
  /** @type {CrashFacts} */
  #facts = { session: null, companion: null, words: null, read: Number(this.#memory.value), found: 0 };
  #drawn = '';
  #news = '';
  #server;
  /** The time of the end whose words the server was asked for. */
  #asked = 0;

  /** @param {Session} server */
  constructor(server) {
    super();
    this.#server = server;
    this.#report.addEventListener('click', () => this.#copyReport());
    this.#start.addEventListener('click', () => this.emit('start'));
    this.#card.on('closed', () => {
      this.#facts.read = this.#facts.session?.app.exit?.time ?? 0;
      this.#memory.value = this.#facts.read;
      this.emit('closed');
    });
  }

  /** @param {SessionFacts} session */
  set session(session) {
    if (!this.#facts.session) this.#facts.found = session.app.exit?.time ?? 0;
    this.#learn({ session });
  }

  /** @param {CompanionFacts | null} companion - of the application */
  set companion(companion) {
    this.#learn({ companion });
  }

  /** @param {Partial<CrashFacts>} facts */
  #learn(facts) {
    Object.assign(this.#facts, facts);
    const content = crashContent(this.#facts);
    this.#card.shown = content !== null;
    if (content) this.#askForWords(this.#facts.session?.app.exit?.time ?? 0);
    const now = JSON.stringify(content);
    if (content && now !== this.#drawn) this.#draw(content);
    this.#drawn = now;
  }

  /** @param {number} time - of the end */
  async #askForWords(time) {
    if (time === this.#asked) return;
    this.#asked = time;
    this.#facts.words = null;
    try {
      const words = await this.#server.readEnd();
      if (words?.time === this.#asked) this.#learn({ words });
    } catch {
      // The card tells the rest.
    }
  }

  /** @param {CrashContent} content */
  #draw(content) {
    this.#drawNews(content);
    this.#details.hidden = content.said === '';
    this.#details.open = false;
    this.#saidTitle.textContent = content.saidTitle;
    this.#said.textContent = content.said;
    this.#status.textContent = '';
    this.#report.hidden = !content.report;
    this.#start.hidden = !content.start;
  }

  /** @param {CrashContent} content */
  #drawNews({ title, lines, missing }) {
    // What has not changed is not to be read out again.
    const now = JSON.stringify([title, lines, missing]);
    if (now === this.#news) return;
    this.#news = now;
    this.#title.textContent = title;
    this.#lines.replaceChildren(...lines.map((line) => withText('p', line)));
    this.#missing.hidden = missing.length === 0;
    this.#missing.replaceChildren(...missing.map(({ name, reason }) => withText('li', texts.crash.notBack(name, reason))));
  }

  async #copyReport() {
    const { session, companion, words } = this.#facts;
    if (!session) return;
    const report = crashReport(session, companion, words, navigator.userAgent);
    const copied = await copy(report);
    this.#status.textContent = copied ? texts.crash.copied : texts.crash.notCopied;
    if (copied) return;
    this.#details.hidden = false;
    this.#details.open = true;
    this.#said.textContent = report;
  }
}

/**
 * @param {'p' | 'li'} tag
 * @param {string} text
 */
function withText(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
