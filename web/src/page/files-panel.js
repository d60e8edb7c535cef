// @ts-check
// The dialog of the server's files. How they travel is not decided here: uploads are sent by who listens.

/** @import { Files } from '../connection/files.js' */
/** @import { FileEntry, Listing } from '../connection/server' */

import { HttpError } from '../connection/http-error.js';
import { button } from './button.js';
import { element } from './element.js';
import { errorText } from './error-text.js';
import { foldersFirst, sizeText, trail } from './file-facts.js';
import { FileChooser } from './file-chooser.js';
import { fileRow } from './file-row.js';
import { Panel } from './panel.js';
import { texts } from './texts.js';

/** Lists a folder, and offers what may be done with what is in it. */
export class FilesPanel extends Panel {
  /** What it tells of goes into the folder that is shown. */
  chooser = new FileChooser();
  /** Whether this page only watches, whatever the server allows. */
  watching = false;
  #files;
  #href = '';
  /** @type {Listing | null} */
  #listing = null;
  /** @type {FileEntry | null} what the question is about */
  #asked = null;
  #trail = element('files-trail', HTMLElement);
  #list = element('files-list', HTMLUListElement);
  #status = element('files-status', HTMLParagraphElement);
  #space = element('files-space', HTMLParagraphElement);
  #zip = element('files-zip', HTMLAnchorElement);
  #question = new Panel('files-remove', { modal: true });

  /** @param {Files} files */
  constructor(files) {
    super('files');
    this.#files = files;
    this.#question.on('closed', (answer) => {
      if (answer === 'remove' && this.#asked) this.#remove(this.#asked);
    });
  }

  /** The path of the folder that is shown. */
  get folder() {
    return this.#listing?.path ?? '';
  }

  /** Whether files may be put there. */
  get mayUpload() {
    return !this.watching && this.#listing?.may.upload === true;
  }

  /** @override */
  open() {
    super.open();
    this.#show(this.#href);
  }

  /**
   * List the folder again, if it is one of these.
   *
   * @param {string[]} folders - paths
   */
  changed(folders) {
    if (this.shown && folders.includes(this.folder)) this.#show(this.#href);
  }

  /** @param {string} href */
  async #show(href) {
    try {
      const listing = await this.#files.list(href);
      if (this.#href !== href) this.#status.textContent = '';
      this.#draw(href, listing);
    } catch (error) {
      this.#status.textContent = errorText(error);
      // Somebody has deleted the folder that is shown.
      if (href && href === this.#href && error instanceof HttpError && error.status === 404) this.#show('');
    }
  }

  /**
   * @param {string} href
   * @param {Listing} listing
   */
  #draw(href, listing) {
    const focus = this.#keepFocus();
    this.#href = href;
    this.#listing = listing;
    const may = { ...listing.may, upload: this.mayUpload };
    this.#drawTrail();
    const actions = {
      open: (/** @type {string} */ folder) => this.#show(folder),
      remove: (/** @type {FileEntry} */ entry) => this.#ask(entry),
    };
    this.#list.replaceChildren(...foldersFirst(listing.entries).map((entry) => fileRow(entry, may, this.#files, actions)));
    element('files-empty', HTMLParagraphElement).hidden = listing.entries.length > 0;
    this.#space.textContent = texts.files.space(sizeText(listing.space.free), sizeText(listing.space.total));
    this.#zip.hidden = !may.download || listing.entries.length === 0;
    this.#zip.href = this.#files.zipAddress(href);
    this.chooser.offered = may.upload;
    focus();
  }

  #drawTrail() {
    const all = [{ name: texts.files.top, href: '' }, ...trail(this.#href)];
    const crumbs = all.map(({ name, href }) => button(name, () => this.#show(href)));
    crumbs.at(-1)?.setAttribute('aria-current', 'page');
    this.#trail.replaceChildren(...crumbs);
  }

  /**
   * @returns {() => void} which gives the focus back to what had it: to the same row or to the folder's name
   */
  #keepFocus() {
    const active = document.activeElement;
    const row = active?.closest('#files-list li');
    const inside = row || active?.closest('#files-trail');
    const [href, index] = row instanceof HTMLElement && active ? [row.dataset.href, [...row.children].indexOf(active)] : [];
    return () => {
      if (!inside) return;
      const same = [...this.#list.children].find((one) => one instanceof HTMLElement && one.dataset.href === href);
      const found = same?.children[index ?? 0] ?? this.#trail.lastElementChild;
      if (found instanceof HTMLElement) found.focus();
    };
  }

  /** @param {FileEntry} entry */
  #ask(entry) {
    const { removeFolder, removeFile } = texts.files;
    this.#asked = entry;
    element('files-remove-warning', HTMLParagraphElement).textContent =
      (entry.kind === 'folder' ? removeFolder : removeFile)(entry.name);
    this.#question.open();
  }

  /** @param {FileEntry} entry */
  async #remove({ href, name }) {
    try {
      await this.#files.remove(href);
      this.#status.textContent = texts.files.removed(name);
    } catch (error) {
      this.#status.textContent = errorText(error);
    }
    this.#show(this.#href);
  }
}
