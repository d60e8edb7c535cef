// @ts-check
// Knows where the picture is lossy. When those parts are asked for again is decided in refinement.js.

/** @import { Point, Rectangle, Size } from '../geometry.js' */
/** @import { TileRange } from './tile-grid.js' */

import { TILE, TileGrid } from './tile-grid.js';

/** Which tiles of a picture are not what the server has, to the pixel. */
export class Losses {
  #size = { width: 0, height: 0 };
  #grid = new TileGrid(this.#size);
  /** One byte a tile, row by row: 1 where it is lossy. */
  #tiles = new Uint8Array(0);

  /** Whether any tile is lossy. */
  get any() {
    return this.#tiles.includes(1);
  }

  /**
   * Start anew with a picture without losses.
   *
   * @param {Size} size
   */
  reset(size) {
    this.#size = size;
    this.#grid = new TileGrid(size);
    this.#tiles = new Uint8Array(this.#grid.columns * this.#grid.rows);
  }

  /**
   * An area has been drawn with losses.
   *
   * @param {Rectangle} area
   */
  mark(area) {
    this.#fill(this.#grid.touched(area), 1);
  }

  /**
   * An area has been drawn without losses: its whole tiles are exact.
   *
   * @param {Rectangle} area
   * @returns {boolean} whether one of its tiles was lossy
   */
  clear(area) {
    const lossy = this.touches(area);
    if (lossy) this.#fill(this.#grid.covered(area), 0);
    return lossy;
  }

  /**
   * An area has been copied, with its losses.
   *
   * @param {Point} from - its top left corner before
   * @param {Rectangle} area - where it is now
   */
  copy(from, area) {
    if (!this.touches({ ...area, ...from })) {
      this.clear(area);
      return;
    }
    const before = this.#tiles.slice();
    const { left, top, right, bottom } = this.#grid.touched(area);
    const covered = this.#grid.covered(area);
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) {
        const whole = row >= covered.top && row < covered.bottom && column >= covered.left && column < covered.right;
        const tile = row * this.#grid.columns + column;
        const lossy = this.#some(before, this.#sources(column, row, from, area));
        this.#tiles[tile] = lossy || (!whole && before[tile]) ? 1 : 0;
      }
    }
  }

  /**
   * Whether a tile that an area touches is lossy.
   *
   * @param {Rectangle} area
   */
  touches(area) {
    return this.#some(this.#tiles, this.#grid.touched(area));
  }

  /**
   * Areas that hold all lossy tiles.
   *
   * @param {number} side - of an area in pixels, a multiple of a tile's
   * @returns {Generator<Rectangle>} smaller ones at the right and lower edge
   */
  *areas(side) {
    const { width, height } = this.#size;
    for (let y = 0; y < height; y += side) {
      for (let x = 0; x < width; x += side) {
        const area = { x, y, width: Math.min(side, width - x), height: Math.min(side, height - y) };
        if (this.touches(area)) yield area;
      }
    }
  }

  /**
   * The tiles from which the pixels of one tile of a copy come.
   *
   * @param {number} column - of the tile
   * @param {number} row
   * @param {Point} from - top left corner of what was copied
   * @param {Rectangle} area - where the copy is
   */
  #sources(column, row, from, area) {
    const x = Math.max(column * TILE, area.x);
    const y = Math.max(row * TILE, area.y);
    return this.#grid.touched({
      x: x - area.x + from.x,
      y: y - area.y + from.y,
      width: Math.min(column * TILE + TILE, area.x + area.width) - x,
      height: Math.min(row * TILE + TILE, area.y + area.height) - y,
    });
  }

  /**
   * @param {TileRange} range
   * @param {0 | 1} value
   */
  #fill({ left, top, right, bottom }, value) {
    for (let row = top; row < bottom; row += 1) {
      this.#tiles.fill(value, row * this.#grid.columns + left, row * this.#grid.columns + right);
    }
  }

  /**
   * @param {Uint8Array} tiles
   * @param {TileRange} range
   */
  #some(tiles, { left, top, right, bottom }) {
    for (let row = top; row < bottom; row += 1) {
      const first = row * this.#grid.columns;
      const found = tiles.indexOf(1, first + left);
      if (found < 0) return false;
      if (found < first + right) return true;
    }
    return false;
  }
}
