// @ts-check
// One file or folder of the files panel.

/** @import { FileEntry, Listing } from '../connection/server' */
/** @import { Files } from '../connection/files.js' */

import { button } from './button.js';
import { sizeText, timeText } from './file-facts.js';
import { readable } from './readable.js';
import { texts } from './texts.js';

/**
 * What the panel does for a row.
 *
 * @typedef {object} RowActions
 * @property {(href: string) => void} open
 * @property {(entry: FileEntry) => void} rename
 * @property {(entry: FileEntry) => void} remove
 */

/**
 * A line with name, size and date, and what may be done.
 *
 * @param {FileEntry} entry
 * @param {Listing['may']} may
 * @param {Files} files
 * @param {RowActions} actions
 */
export function fileRow(entry, may, files, actions) {
  const row = document.createElement('li');
  row.dataset.href = entry.href;
  row.dataset.kind = entry.kind;
  const name = nameOf(entry, may, files, actions);
  name.classList.add('name');
  const things = document.createElement('span');
  things.className = 'things';
  if (may.download && entry.kind === 'folder') {
    things.append(link(texts.files.zip, files.zipAddress(entry.href), texts.files.zipOf(entry.name)));
  }
  if (may.upload) {
    things.append(
      action(texts.files.rename, texts.files.renameOf(entry.name), () => actions.rename(entry)),
      action(texts.files.remove, texts.files.removeOf(entry.name), () => actions.remove(entry)),
    );
  }
  row.append(name, facts(entry), things);
  return row;
}

/**
 * @param {string} text
 * @param {string} label
 * @param {() => void} pressed
 */
function action(text, label, pressed) {
  const made = button(text, pressed);
  made.setAttribute('aria-label', label);
  return made;
}

/** @param {Parameters<typeof fileRow>} parameters */
function nameOf(...[{ name, href, kind }, may, files, actions]) {
  if (kind === 'folder') return action(readable(name), texts.files.folder(name), () => actions.open(href));
  if (kind === 'file' && may.download) return link(readable(name), files.address(href), texts.files.load(name));
  return fact(readable(name));
}

/** @param {FileEntry} entry */
function facts({ size, modified }) {
  const both = document.createElement('span');
  both.className = 'facts';
  both.append(fact(size === null ? '' : sizeText(size)), fact(timeText(modified)));
  return both;
}

/** @param {string} text */
function fact(text) {
  const span = document.createElement('span');
  span.textContent = text;
  return span;
}

/**
 * @param {string} text
 * @param {string} address
 * @param {string} label
 */
function link(text, address, label) {
  const anchor = document.createElement('a');
  anchor.textContent = text;
  anchor.href = address;
  anchor.download = '';
  anchor.draggable = false;
  anchor.setAttribute('aria-label', label);
  return anchor;
}
