// @ts-check
// New results, at the top of the files panel. Which ones are new is decided in new-results.js.

/** @import { FileEntry } from '../connection/server' */
/** @import { Files } from '../connection/files.js' */

import { Emitter } from '../emitter.js';
import { BrowserMemory } from './browser-memory.js';
import { element } from './element.js';
import { sizeText, timeText } from './file-facts.js';
import { NewResults } from './new-results.js';
import { readable } from './readable.js';
import { texts } from './texts.js';

/**
 * Offers each new file with its size, until it has been shown.
 *
 * Event: `count` (of new results).
 *
 * @extends {Emitter<{count: number}>}
 */
export class ResultsList extends Emitter {
  #section = element('results', HTMLElement);
  #list = element('results-list', HTMLUListElement);
  #new = new NewResults(new BrowserMemory('results'));
  #files;

  /** @param {Files} files */
  constructor(files) {
    super();
    this.#files = files;
  }

  /** @param {FileEntry[]} files - all that the server offers */
  set offered(files) {
    this.#new.learn(files);
    this.#draw();
  }

  /** The visitor has had them before his eyes. */
  markSeen() {
    if (this.#new.files.length === 0) return;
    this.#new.markSeen();
    this.#draw();
  }

  #draw() {
    const files = this.#new.files;
    this.#section.hidden = files.length === 0;
    this.#list.replaceChildren(...files.map((file) => resultRow(file, this.#addressOf(file))));
    this.emit('count', files.length);
  }

  /** @param {FileEntry} file */
  #addressOf({ kind, href }) {
    return kind === 'folder' ? this.#files.zipAddress(href) : this.#files.address(href);
  }
}

/**
 * @param {FileEntry} file
 * @param {string} address
 */
function resultRow({ name, size, modified }, address) {
  const row = document.createElement('li');
  const facts = document.createElement('span');
  const load = document.createElement('a');
  row.append(readable(name), facts, load);
  facts.className = 'facts';
  facts.textContent = texts.results.facts(sizeText(size ?? 0), timeText(modified));
  load.textContent = texts.results.download;
  load.setAttribute('aria-label', texts.results.downloadOf(name));
  load.href = address;
  load.download = '';
  return row;
}
