// @ts-check
// The server's files over HTTP, `api/files`; uploads stand in upload.js.

/** @import { FileEntry, Listing } from './server' */

import { candidates, hrefOf, join, pathOf } from './file-names.js';
import { HttpError } from './http-error.js';
import { linked } from './page-key.js';
import { SAME_ORIGIN, ask, json } from './request.js';

const TAKEN = 409;

/** The files below the server's top folder. Every request may throw what `ask` throws. */
export class Files {
  /**
   * What is in a folder.
   *
   * @param {string} href - as a listing tells it; empty for the top folder
   * @returns {Promise<Listing>}
   */
  async list(href) {
    const answer = await ask(place(href), { cache: 'no-store' });
    return answer.json();
  }

  /**
   * The address that loads a file, for a link.
   *
   * @param {string} href - as a listing tells it
   */
  address(href) {
    return linked(place(href));
  }

  /**
   * The address that loads a folder as zip, for a link.
   *
   * @param {string} href - as a listing tells it
   */
  zipAddress(href) {
    return linked(`${place(href)}?zip`);
  }

  /**
   * Delete a file, or a folder with all that is in it.
   *
   * @param {string} href - as a listing tells it
   */
  async remove(href) {
    await ask(`${place(href)}?recursive=true`, { method: 'DELETE', headers: SAME_ORIGIN });
  }

  /**
   * Give a file or folder another name, or move it.
   *
   * @param {string} href - as a listing tells it
   * @param {string} to - path; a name that is taken is 409
   * @param {{replace?: boolean}} [options] - replace: the file that has the name goes
   * @returns {Promise<FileEntry>} as it is now
   */
  async rename(href, to, { replace = false } = {}) {
    const answer = await ask(place(href), json('PATCH', { to, if_exists: replace ? 'replace' : 'fail' }));
    return answer.json();
  }

  /**
   * Make a folder, and those that it is in; one that is there is 409.
   *
   * @param {string} path
   * @returns {Promise<FileEntry>}
   */
  async newFolder(path) {
    const answer = await ask(place(hrefOf(path)), json('POST', { folder: true }));
    return answer.json();
  }

  /**
   * Make a folder, and those that it is in; one that is there is as good.
   *
   * @param {string} path
   */
  async makeFolder(path) {
    try {
      await this.newFolder(path);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }

  /**
   * Make a folder that was not there, of this name or with a number behind it.
   *
   * @param {string} folder - that it is in
   * @param {string} name
   * @returns {Promise<string>} its path
   */
  async makeNewFolder(folder, name) {
    for (const candidate of candidates(name)) {
      try {
        return pathOf((await this.newFolder(join(folder, candidate))).href);
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
    return pathOf((await this.newFolder(join(folder, name))).href);
  }
}

/**
 * Whether a request has failed because a name is taken.
 *
 * @param {unknown} error
 */
export function isTaken(error) {
  return error instanceof HttpError && error.status === TAKEN;
}

/**
 * Where a file or folder is asked for.
 *
 * @param {string} href - as a listing tells it
 */
function place(href) {
  return `api/files/${href}`;
}
