// @ts-check
// The dialog of the server's files. How they travel is not decided here: uploads are sent by who listens.

/** @import { Files } from '../connection/files.js' */
/** @import { FileEntry, Listing } from '../connection/server' */

import { join } from '../connection/file-names.js';
import { HttpError } from '../connection/http-error.js';
import { button } from './button.js';
import { element } from './element.js';
import { errorText } from './error-text.js';
import { foldersFirst, sizeText, trail } from './file-facts.js';
import { FileChooser } from './file-chooser.js';
import { fileRow } from './file-row.js';
import { NameDialog } from './name-dialog.js';
import { Panel } from './panel.js';
import { readable } from './readable.js';
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
  #newFolder = element('files-new-folder', HTMLButtonElement);
  #question = new Panel('files-remove', { modal: true });
  #name = new NameDialog();
  /** The row of what the dialog of names has just made. */
  #placed = '';
  #focusAsker = () => {};

  /** @param {Files} files */
  constructor(files) {
    super('files');
    this.#files = files;
    this.#question.on('closed', (answer) => {
      if (answer === 'remove' && this.#asked) this.#remove(this.#asked);
      this.#returnFocus();
    });
    this.#name.on('closed', () => {
      if (this.#placed) this.#focus(this.#placed);
      else this.#returnFocus();
      this.#placed = '';
    });
    this.#newFolder.addEventListener('click', () => this.#askFolder());
    this.#list.addEventListener('keydown', (event) => this.#press(event));
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
    this.#showFirst();
  }

  /**
   * List the folder again, if it is one of these.
   *
   * @param {string[]} folders - paths
   */
  changed(folders) {
    if (this.shown && folders.includes(this.folder)) this.#show(this.#href);
  }

  /** The focus goes from the button that closes the panel to the first row, when there is one. */
  async #showFirst() {
    const before = document.activeElement;
    await this.#show(this.#href);
    const first = this.#list.firstElementChild;
    if (document.activeElement === before && first instanceof HTMLElement) this.#focus(first.dataset.href);
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
      rename: (/** @type {FileEntry} */ entry) => this.#askName(entry),
      remove: (/** @type {FileEntry} */ entry) => this.#ask(entry),
    };
    this.#list.replaceChildren(...foldersFirst(listing.entries).map((entry) => fileRow(entry, may, this.#files, actions)));
    element('files-empty', HTMLParagraphElement).hidden = listing.entries.length > 0;
    this.#space.textContent = texts.files.space(sizeText(listing.space.free), sizeText(listing.space.total));
    this.#zip.hidden = !may.download || listing.entries.length === 0;
    this.#zip.href = this.#files.zipAddress(href);
    this.chooser.offered = may.upload;
    this.#newFolder.hidden = !may.upload;
    focus();
  }

  #drawTrail() {
    const all = [{ name: texts.files.top, href: '' }, ...trail(this.#href)];
    const crumbs = all.map(({ name, href }) => button(readable(name), () => this.#show(href)));
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
    const label = active?.getAttribute('aria-label');
    const href = row instanceof HTMLElement ? row.dataset.href : undefined;
    return () => {
      if (inside) this.#focus(href, label);
    };
  }

  /** The browser returns the focus from a dialog to what had it, but not to a row that was drawn anew meanwhile. */
  #returnFocus() {
    if (!this.#list.contains(document.activeElement)) this.#focusAsker();
  }

  /**
   * Give the focus to a row, where there is no such row to the folder's name.
   *
   * @param {string | undefined} href
   * @param {string | null} [label] - of what in the row
   */
  #focus(href, label = null) {
    const row = [...this.#list.children].find((one) => one instanceof HTMLElement && one.dataset.href === href);
    const controls = [...(row?.querySelectorAll('a, button') ?? [])];
    const found = controls.find((one) => one.getAttribute('aria-label') === label) ?? controls[0];
    const last = found ?? this.#trail.lastElementChild;
    if (last instanceof HTMLElement) last.focus();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const row = event.target instanceof Element ? event.target.closest('li') : null;
    const entry = this.#listing?.entries.find(({ href }) => href === row?.dataset.href);
    if (!entry || !this.mayUpload) return;
    if (event.key === 'F2') this.#askName(entry);
    else if (event.key === 'Delete') this.#ask(entry);
    else return;
    event.preventDefault();
  }

  /** @param {FileEntry} entry */
  #askName(entry) {
    const { folder } = this;
    this.#focusAsker = this.#keepFocus();
    this.#name.ask({
      title: texts.name.renameTitle(entry.name),
      action: texts.name.rename,
      name: entry.name,
      replaceable: (name) => entry.kind === 'file' && this.#isFile(name),
      save: async (name, replace) => {
        const { href, name: now } = await this.#files.rename(entry.href, join(folder, name), { replace });
        await this.#showPlaced(texts.files.renamed(entry.name, now), href);
      },
    });
  }

  #askFolder() {
    const { folder } = this;
    this.#focusAsker = this.#keepFocus();
    this.#name.ask({
      title: texts.name.folderTitle,
      action: texts.name.make,
      name: '',
      replaceable: () => false,
      save: async (name) => {
        const { href, name: made } = await this.#files.newFolder(join(folder, name));
        await this.#showPlaced(texts.files.made(made), href);
      },
    });
  }

  /** @param {string} name */
  #isFile(name) {
    return this.#listing?.entries.some((one) => one.kind === 'file' && one.name === name) ?? false;
  }

  /**
   * Show what the dialog of names has done, and say it.
   *
   * @param {string} text
   * @param {string} href - of its row
   */
  async #showPlaced(text, href) {
    await this.#show(this.#href);
    this.#status.textContent = text;
    this.#placed = href;
  }

  /** @param {FileEntry} entry */
  #ask(entry) {
    const { removeFolder, removeFile } = texts.files;
    this.#asked = entry;
    this.#focusAsker = this.#keepFocus();
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
