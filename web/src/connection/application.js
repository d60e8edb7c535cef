// @ts-check
// The application over HTTP, `api/app`; what it tells by itself stands in events-connection.js.

/** @import { LayerFacts } from './server' */

import { ask, json } from './request.js';

/**
 * What to show: a path below the server's top folder or a URL to open, the layer to select, two or three dimensions. What is
 * null stays as it is.
 *
 * @typedef {object} View
 * @property {string | null} open
 * @property {string | null} layer
 * @property {2 | 3 | null} ndisplay
 */

/** There is no layer of the name that was asked for. */
export class NoLayer extends Error {
  /**
   * @param {string} name
   * @param {string[]} names - of the layers that there are
   */
  constructor(name, names) {
    super(`There is no layer ${name}`);
    this.layer = name;
    this.names = names;
  }
}

/** The server's HTTP interface to the application. Every request may throw what `ask` throws. */
export class Application {
  /**
   * The layers, the lowest first.
   *
   * @returns {Promise<LayerFacts[]>}
   */
  async layers() {
    const answer = await ask('api/app/layers', { cache: 'no-store' });
    return (await answer.json()).layers;
  }

  /**
   * What it draws, without the window around it, as PNG.
   *
   * @returns {Promise<Blob>}
   */
  async screenshot() {
    return (await ask('api/app/screenshot', { cache: 'no-store' })).blob();
  }

  /**
   * Have what is too slow to move drawn coarser while it moves, or never.
   *
   * @param {boolean} smooth
   */
  async setMotion(smooth) {
    await this.#send('PUT', 'motion', { mode: smooth ? 'smooth' : 'exact' });
  }

  /**
   * Open something, unless it is open; then show what was asked for.
   *
   * @param {View} view
   * @param {{unasked?: boolean}} [options] - unasked: HttpError 409 where something else is open, or may be; 428 for a program
   * @returns {Promise<LayerFacts[]>} the layers that were opened, or were there already
   * @throws {NoLayer}
   */
  async show({ open, layer, ndisplay }, { unasked = false } = {}) {
    const opened = open === null ? [] : await this.#open(open, layer, unasked);
    // A program that only takes files has no layers to tell of.
    const wanted = layer !== null || opened.length > 0 ? await this.#choose(opened, layer) : null;
    if (wanted) await this.#send('PATCH', `layers/${encodeURIComponent(wanted.name)}`, { active: true, visible: true });
    if (ndisplay !== null) await this.#send('PUT', 'dims', { ndisplay });
    return opened;
  }

  /**
   * @param {string} place
   * @param {string | null} name - that a single layer gets
   * @param {boolean} unasked
   * @returns {Promise<LayerFacts[]>}
   */
  async #open(place, name, unasked) {
    const where = isAddress(place) ? { url: place } : { path: place };
    const answer = await this.#send('POST', 'open', { ...where, name, once: true, unasked });
    return (await answer.json()).layers;
  }

  /**
   * The layer of a name, of those just opened first; without a name the uppermost of these.
   *
   * @param {LayerFacts[]} opened
   * @param {string | null} name
   */
  async #choose(opened, name) {
    const [only] = opened.length === 1 ? opened : [];
    if (name === null) return opened.at(-1) ?? null;
    const all = opened.length > 0 ? opened : await this.layers();
    const found = all.find((layer) => layer.name === name) ?? only;
    if (!found) throw new NoLayer(name, all.map((layer) => layer.name));
    return found;
  }

  /**
   * @param {string} method
   * @param {string} path - below `api/app/`
   * @param {unknown} body
   */
  #send(method, path, body) {
    return ask(`api/app/${path}`, json(method, body));
  }
}

/**
 * Whether something to be opened is an address rather than a path.
 *
 * @param {string} place
 */
export function isAddress(place) {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
}
