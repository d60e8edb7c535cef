// @ts-check

/** @import { Rectangle, Size } from './types' */

// Side of a tile in pixels. LibVNCServer sends up to 65,536 pixels in one rectangle.
const TILE = 256;
const MOST_TILES = 64;
// How long the picture must have rested, in milliseconds; for those who only watch later, and not for all at once.
const REST = 300;
const WATCHER_REST = 1500;
// More tiles at a time while an answer takes less, fewer when it takes more (milliseconds).
const QUICK = 50;
const SLOW = 150;
// How long an answer may take (milliseconds).
const PATIENCE = 5000;
// Pixels that may change elsewhere meanwhile, such as a blinking cursor.
const TRIFLE = 16_384;
// A server that still sends JPEG after so many requests cannot do without.
const REFUSALS = 3;

/**
 * What a refinement needs of its connection.
 *
 * @typedef {object} Server
 * @property {(on: boolean) => void} lossless - ask for pixels without loss from now on, or as before
 * @property {(area: Rectangle) => void} request - ask for an area of the picture
 * @property {() => Size} size - of the framebuffer
 * @property {() => boolean} watching - whether the viewer only watches
 * @property {() => void} changed - `exact` has changed
 */

/**
 * Knows which tiles of the picture came as JPEG, and has them sent again without loss when the picture rests: a few at a
 * time, as many as come in a tenth of a second, and none while the user does something.
 */
export class Refinement {
  #server;
  /** @type {Map<string, Rectangle>} */
  #lossy = new Map();
  /** @type {Map<string, Rectangle>} */
  #asked = new Map();
  #askedAt = 0;
  #batch = 2;
  #refusals = 0;
  #refused = false;
  #lossless = false;
  /** Pixels asked for that have not come yet. */
  #missing = 0;
  /** Pixels that came without being asked for. */
  #strange = 0;
  #exact = false;
  #quiet = false;
  #timer = 0;
  #quietTimer = 0;

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
  }

  /** Whether the picture rests and is the server's to the pixel. */
  get exact() {
    return this.#exact;
  }

  /**
   * A rectangle has been drawn.
   *
   * @param {Rectangle} area
   * @param {'exact' | 'lossy' | 'copied'} how
   */
  drawn(area, how) {
    const tiles = tilesOf(area);
    const wanted = this.#asked.size > 0 && tiles.every(([key]) => this.#asked.has(key));
    if (wanted) this.#missing -= area.width * area.height;
    else this.#strange += area.width * area.height;
    const lossy = how === 'lossy' || (how === 'copied' && this.#lossy.size > 0);
    if (!lossy) return;
    this.#refused ||= wanted;
    for (const [key, tile] of tiles) this.#lossy.set(key, tile);
    if (this.#asked.size === 0) this.#restLater();
  }

  /** All rectangles of an update have been drawn. */
  updated() {
    if (this.#strange > 0) this.#stir();
    if (this.#asked.size > 0) {
      if (this.#strange > TRIFLE) this.pause();
      else if (this.#missing <= 0) this.#advance();
    }
    this.#strange = 0;
  }

  /** The user or the picture is at work: wait for the next rest. */
  pause() {
    for (const [key, tile] of this.#asked) this.#lossy.set(key, tile);
    this.#asked.clear();
    this.#demand(false);
    if (this.#lossy.size > 0) this.#restLater();
  }

  /** The framebuffer is a new one. */
  reset() {
    this.#lossy.clear();
    this.#asked.clear();
    this.#demand(false);
    this.#stir();
  }

  /** The connection has ended. */
  stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#quietTimer);
  }

  #stir() {
    this.#quiet = false;
    this.#tell();
    clearTimeout(this.#quietTimer);
    this.#quietTimer = window.setTimeout(() => {
      this.#quiet = true;
      this.#tell();
    }, REST);
  }

  #restLater() {
    clearTimeout(this.#timer);
    const rest = this.#server.watching() ? WATCHER_REST * (1 + Math.random()) : REST;
    this.#timer = window.setTimeout(() => (document.hidden ? this.#restLater() : this.#next()), rest);
  }

  #advance() {
    const took = performance.now() - this.#askedAt;
    if (took < QUICK) this.#batch = Math.min(MOST_TILES, this.#batch * 2);
    if (took > SLOW) this.#batch = Math.max(1, this.#batch >> 1);
    this.#refusals = this.#refused ? this.#refusals + 1 : 0;
    this.#asked.clear();
    this.#next();
  }

  #next() {
    clearTimeout(this.#timer);
    const { width, height } = this.#server.size();
    const tiles = [...this.#lossy].slice(0, this.#batch);
    this.#tell();
    if (tiles.length === 0 || this.#refusals >= REFUSALS) {
      this.#demand(false);
      return;
    }
    this.#demand(true);
    this.#askedAt = performance.now();
    this.#refused = false;
    this.#missing = 0;
    this.#timer = window.setTimeout(() => this.pause(), PATIENCE);
    for (const [key, tile] of tiles) {
      this.#lossy.delete(key);
      this.#asked.set(key, tile);
      const area = { ...tile, width: Math.min(TILE, width - tile.x), height: Math.min(TILE, height - tile.y) };
      this.#missing += area.width * area.height;
      this.#server.request(area);
    }
  }

  /** @param {boolean} lossless */
  #demand(lossless) {
    if (lossless === this.#lossless) return;
    this.#lossless = lossless;
    this.#server.lossless(lossless);
  }

  #tell() {
    const exact = this.#quiet && this.#lossy.size === 0 && this.#asked.size === 0;
    if (exact === this.#exact) return;
    this.#exact = exact;
    this.#server.changed();
  }
}

/**
 * The tiles that a rectangle touches, by name.
 *
 * @param {Rectangle} area
 * @returns {[key: string, tile: Rectangle][]}
 */
function tilesOf({ x, y, width, height }) {
  /** @type {[string, Rectangle][]} */
  const tiles = [];
  for (let top = y - (y % TILE); top < y + height; top += TILE) {
    for (let left = x - (x % TILE); left < x + width; left += TILE) {
      tiles.push([`${left},${top}`, { x: left, y: top, width: TILE, height: TILE }]);
    }
  }
  return tiles;
}
