// @ts-check
// What is done with something that was dropped on the page: files go to the server first, then all is dropped on the program.

/** @import { DesktopConnection } from '../connection/desktop-connection.js' */
/** @import { Files } from '../connection/files.js' */
/** @import { Point } from '../geometry.js' */
/** @import { Dropped } from './drop-area.js' */
/** @import { Notice } from './notice.js' */
/** @import { Transfers } from './transfers.js' */

import { drop } from '../connection/drop.js';
import { dropFolder, parent } from '../connection/file-names.js';
import { walk } from '../connection/file-tree.js';
import { UploadBatch } from '../connection/upload-batch.js';
import { errorText } from './error-text.js';
import { texts } from './texts.js';

/**
 * What it needs of the page.
 *
 * @typedef {object} Parts
 * @property {DesktopConnection} connection
 * @property {Files} files
 * @property {Transfers} transfers
 * @property {Notice} notice
 */

/**
 * Called once files are there, with their paths and with what is to be told of those that are not.
 *
 * @typedef {(paths: string[], besides: string) => void} Then
 */

/** Takes what was dropped, and tells what has become of it where that is not to be seen. */
export class Drops {
  /** Why nothing may be dropped, empty where it may. */
  refusal = '';
  /** What the operator of the desktop refuses. */
  refusals = { filesIn: '', copiesIn: '' };
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {Dropped} dropped */
  async take({ what, at, on }) {
    const { connection, notice } = this.#parts;
    const forbidden = 'files' in what ? this.refusals.filesIn : this.refusals.copiesIn;
    const refusal = this.refusal || forbidden || (connection.state === 'connected' ? '' : texts.drop.noDesktop);
    if (refusal) {
      notice.show(refusal);
      return;
    }
    const pixel = (on.closest('#desktop') && connection.rfb?.pixelAt(at)) ?? null;
    if (!('files' in what)) await this.#drop(pixel, what);
    else await this.upload(what.files, dropFolder(new Date()), (paths, besides) => this.#drop(pixel, { paths }, besides));
  }

  /**
   * Send files and folders to the server.
   *
   * @param {(FileSystemEntry | File)[]} dropped
   * @param {string} folder
   * @param {Then} [then]
   */
  async upload(dropped, folder, then) {
    try {
      this.send(new UploadBatch(await walk(dropped), folder, this.#parts.files), then);
    } catch (error) {
      this.#parts.notice.show(errorText(error));
    }
  }

  /**
   * @param {UploadBatch} batch
   * @param {Then} [then]
   */
  send(batch, then) {
    batch.on('done', (paths) => {
      const besides = leftOutText(batch);
      if (besides) this.#parts.notice.show(besides);
      if (paths.length > 0) then?.(paths, besides);
    });
    this.#parts.transfers.add(batch);
  }

  /**
   * @param {Point | null} pixel - null beside the picture
   * @param {{paths: string[]} | {text: string} | {urls: string[]}} what
   * @param {string} [besides] - what is to be told with what has become of it
   */
  async #drop(pixel, what, besides = '') {
    const place = 'paths' in what ? placeText(what.paths) : '';
    const say = (/** @type {string[]} */ ...told) => this.#parts.notice.show([...told, besides].filter(Boolean).join(' '));
    try {
      const result = pixel ? await drop(pixel, what) : 'no_target';
      if (result === 'accepted') say(texts.drop.accepted);
      else say(texts.drop[result], place);
    } catch (error) {
      say(errorText(error), place);
    }
  }
}

/** @param {UploadBatch} batch */
function leftOutText({ leftOut }) {
  const [first] = leftOut;
  return first ? texts.transfers.leftOut(leftOut.length, first.name, errorText(first.error)) : '';
}

/**
 * Where files lie.
 *
 * @param {string[]} paths - all in one folder
 */
function placeText([first = '', ...others]) {
  return others.length === 0 ? texts.drop.liesAs(first) : texts.drop.lieIn(parent(first));
}
