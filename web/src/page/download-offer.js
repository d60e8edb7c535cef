// @ts-check
// The offer to download what a program copied or dragged out of the desktop. Which files that are, the server says.

/** @import { Downloads, FileEntry } from '../connection/server' */
/** @import { Files } from '../connection/files.js' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { element } from './element.js';
import { texts } from './texts.js';

// How long (milliseconds) files are offered that were only copied: mostly to be pasted on the desktop.
const COPY_TIME = 20_000;

/**
 * A list of links in the corner: of a drag until the user closes it, of a copy for a while.
 *
 * Event: `left` (it is no longer there; the focus may go back to the desktop).
 *
 * @extends {Emitter<{left: void}>}
 */
export class DownloadOffer extends Emitter {
  #files;
  #section = element('downloads', HTMLElement);
  #title = element('downloads-title', HTMLParagraphElement);
  #list = element('downloads-list', HTMLUListElement);
  #leftOut = element('downloads-left-out', HTMLParagraphElement);
  #timer = new Timer(() => this.#fade());

  /** @param {Files} files */
  constructor(files) {
    super();
    this.#files = files;
    element('downloads-close', HTMLButtonElement).addEventListener('click', () => this.#close());
    this.#section.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#close();
    });
  }

  /** @param {Downloads} downloads */
  show({ by, entries, left_out: leftOut }) {
    const { copied, dragged, nothing } = texts.downloads;
    this.#section.hidden = false;
    this.#title.textContent = entries.length === 0 ? nothing : by === 'copy' ? copied : dragged;
    this.#list.replaceChildren(...entries.map((entry) => this.#row(entry)));
    this.#leftOut.textContent = leftOut > 0 ? texts.downloads.leftOut(leftOut) : '';
    this.#timer.stop();
    if (by === 'copy') this.#timer.start(COPY_TIME);
  }

  /** @param {FileEntry} entry */
  #row({ name, href, kind }) {
    const row = document.createElement('li');
    const link = document.createElement('a');
    const folder = kind === 'folder';
    link.textContent = (folder ? texts.downloads.zip : texts.downloads.load)(name);
    link.href = folder ? this.#files.zipAddress(href) : this.#files.address(href);
    link.download = '';
    link.draggable = false;
    row.append(link);
    return row;
  }

  /** Close what nobody uses. */
  #fade() {
    if (this.#section.matches(':hover, :focus-within')) this.#timer.start(COPY_TIME);
    else this.#close();
  }

  #close() {
    this.#timer.stop();
    this.#section.hidden = true;
    this.emit('left');
  }
}
