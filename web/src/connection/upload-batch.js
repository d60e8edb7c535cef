// @ts-check
// Files and folders that go to the server together: the folders first, then some files at a time.

/** @import { FileTree } from './file-tree.js' */
/** @import { Files } from './files.js' */

import { Emitter } from '../emitter.js';
import { join } from './file-names.js';
import { roots } from './file-tree.js';
import { HttpError } from './http-error.js';
import { UploadProgress } from './upload-progress.js';
import { Upload } from './upload.js';

const AT_ONCE = 3;
// Bad names and files that are too large: the other files can go on.
const OF_ONE_FILE = [400, 413];

/** @typedef {'sending' | 'paused' | 'failed' | 'done' | 'cancelled'} BatchState */

/**
 * Files and folders on their way into one folder.
 *
 * Events: `changed` (state or fraction), `done` (the paths of what was chosen, of folders without what is in them).
 *
 * @extends {Emitter<{changed: void, done: string[]}>}
 */
export class UploadBatch extends Emitter {
  /** @type {BatchState} */
  state = 'paused';
  /** @type {unknown} of the state `failed` */
  error = null;
  /** @type {{name: string, error: HttpError}[]} files that the server cannot take, whatever is tried */
  leftOut = [];
  #tree;
  #folder;
  #files;
  #progress;
  #waiting;
  /** @type {Set<Upload>} */
  #running = new Set();
  /** @type {Map<string, string>} folders that are made, with their paths on the server */
  #made = new Map();
  /** @type {Promise<void> | null} */
  #making = null;
  /** @type {string[]} */
  #placed = [];

  /**
   * @param {FileTree} tree
   * @param {string} folder - path on the server
   * @param {Files} files
   */
  constructor(tree, folder, files) {
    super();
    this.#tree = tree;
    this.#folder = folder;
    this.#files = files;
    this.#waiting = [...tree.files];
    this.#progress = new UploadProgress(new Map(tree.files.map(({ file }) => [file, file.size])));
  }

  /** What was chosen. */
  get names() {
    return roots(this.#tree);
  }

  /** How much of it is sent, from 0 to 1. */
  get fraction() {
    return this.#progress.fraction;
  }

  /** Begin, go on after a pause, or try again after a failure. */
  async start() {
    this.#become('sending');
    try {
      // A pause may have ended before the first start has made all of them.
      this.#making ??= this.#makeFolders();
      await this.#making;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#making = null;
    }
    if (this.state !== 'sending') return;
    for (const upload of this.#running) upload.start();
    this.#fill();
  }

  /** Stop until the next start. */
  pause() {
    for (const upload of this.#running) upload.pause();
    this.#become('paused');
  }

  /** Stop for good; files that are there stay there. */
  cancel() {
    for (const upload of this.#running) upload.cancel().catch((error) => console.warn('An upload stays for a day:', error));
    this.#become('cancelled');
  }

  /** @param {BatchState} state */
  #become(state) {
    this.state = state;
    this.emit('changed');
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.state !== 'sending') return;
    for (const upload of this.#running) upload.pause();
    this.error = error;
    this.#become('failed');
  }

  /** Folders at the top get names of their own, so that a folder of the same name is not mixed with this one. */
  async #makeFolders() {
    for (const path of this.#tree.folders) {
      if (this.#made.has(path)) continue;
      const top = !path.includes('/');
      this.#made.set(path, top ? await this.#files.makeNewFolder(this.#folder, path) : this.#pathOf(path));
      if (!top && this.#isEmpty(path)) await this.#files.makeFolder(this.#pathOf(path));
      if (this.state !== 'sending') return;
    }
  }

  /** @param {string} folder */
  #isEmpty(folder) {
    return !this.#tree.files.some(({ path }) => path.startsWith(`${folder}/`));
  }

  /**
   * The path on the server.
   *
   * @param {string} path - of the tree
   */
  #pathOf(path) {
    const [top = '', ...rest] = path.split('/');
    return join(this.#made.get(top) ?? join(this.#folder, top), ...rest);
  }

  #fill() {
    while (this.#running.size < AT_ONCE) {
      const next = this.#waiting.shift();
      if (!next) break;
      this.#send(next);
    }
    if (this.#running.size === 0) this.#end();
  }

  /** @param {FileTree['files'][number]} what */
  #send({ path, file }) {
    const upload = new Upload(file, this.#pathOf(path));
    this.#running.add(upload);
    upload.on('sent', (bytes) => {
      this.#progress.sent(file, bytes);
      this.emit('changed');
    });
    upload.on('done', (placed) => {
      if (!path.includes('/')) this.#placed.push(placed);
      this.#finish(upload, file);
    });
    upload.on('failed', (error) => {
      if (!(error instanceof HttpError && OF_ONE_FILE.includes(error.status))) return this.#fail(error);
      this.leftOut.push({ name: path, error });
      return this.#finish(upload, file);
    });
    upload.start().catch((error) => this.#fail(error));
  }

  /**
   * @param {Upload} upload
   * @param {File} file
   */
  #finish(upload, file) {
    this.#running.delete(upload);
    this.#progress.sent(file, file.size);
    this.emit('changed');
    if (this.state === 'sending') this.#fill();
  }

  #end() {
    const { files } = this.#tree;
    const [first] = this.leftOut;
    if (first && this.leftOut.length === files.length) {
      this.#waiting = [...files];
      this.leftOut = [];
      for (const { file } of files) this.#progress.sent(file, 0);
      this.#fail(first.error);
      return;
    }
    this.#become('done');
    const tops = [...this.#made].filter(([path]) => !path.includes('/')).map(([, path]) => path);
    this.emit('done', [...tops, ...this.#placed]);
  }
}
