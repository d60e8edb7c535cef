// @ts-check
// The server's files over HTTP, `api/files`; uploads stand in upload.js.

/** @import { Listing } from './server' */

import { candidates, hrefOf, join, pathOf } from './file-names.js';
import { HttpError } from './http-error.js';
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
    const answer = await ask(this.address(href), { cache: 'no-store' });
    return answer.json();
  }

  /**
   * The address that loads a file.
   *
   * @param {string} href - as a listing tells it
   */
  address(href) {
    return `api/files/${href}`;
  }

  /**
   * The address that loads a folder as zip.
   *
   * @param {string} href - as a listing tells it
   */
  zipAddress(href) {
    return `${this.address(href)}?zip`;
  }

  /**
   * Delete a file, or a folder with all that is in it.
   *
   * @param {string} href - as a listing tells it
   */
  async remove(href) {
    await ask(`${this.address(href)}?recursive=true`, { method: 'DELETE', headers: SAME_ORIGIN });
  }

  /**
   * Make a folder, and those that it is in; one that is there is as good.
   *
   * @param {string} path
   */
  async makeFolder(path) {
    try {
      await this.#make(path);
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
        return await this.#make(join(folder, candidate));
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
    return this.#make(join(folder, name));
  }

  /**
   * @param {string} path
   * @returns {Promise<string>} as the server spells it
   */
  async #make(path) {
    const answer = await ask(this.address(hrefOf(path)), json('POST', { folder: true }));
    const { href } = await answer.json();
    return pathOf(href);
  }
}

/** @param {unknown} error */
function isTaken(error) {
  return error instanceof HttpError && error.status === TAKEN;
}
