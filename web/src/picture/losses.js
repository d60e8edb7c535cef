// @ts-check

/** @import { Rectangle, Size } from '../types' */

// Side of a tile in pixels.
const TILE = 16;

/** Which tiles of a picture are not what the server has, to the pixel. */
export class Losses {
  #size = { width: 0, height: 0 };
  #columns = 0;
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
    this.#columns = Math.ceil(size.width / TILE);
    this.#tiles = new Uint8Array(this.#columns * Math.ceil(size.height / TILE));
  }

  /**
   * An area has been drawn with losses.
   *
   * @param {Rectangle} area
   */
  mark(area) {
    this.#fill(this.#touched(area), 1);
  }

  /**
   * An area has been drawn without losses: its whole tiles are exact.
   *
   * @param {Rectangle} area
   * @returns {boolean} whether one of its tiles was lossy
   */
  clear(area) {
    const lossy = this.touches(area);
    if (lossy) this.#fill(this.#covered(area), 0);
    return lossy;
  }

  /**
   * An area has been copied, with its losses.
   *
   * @param {{x: number, y: number}} from - its top left corner before
   * @param {Rectangle} area - where it is now
   */
  copy(from, area) {
    if (!this.touches({ ...area, ...from })) {
      this.clear(area);
      return;
    }
    const before = this.#tiles.slice();
    const { left, top, right, bottom } = this.#touched(area);
    const covered = this.#covered(area);
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) {
        const x = Math.max(column * TILE, area.x);
        const y = Math.max(row * TILE, area.y);
        const source = this.#touched({
          x: x - area.x + from.x,
          y: y - area.y + from.y,
          width: Math.min(column * TILE + TILE, area.x + area.width) - x,
          height: Math.min(row * TILE + TILE, area.y + area.height) - y,
        });
        const whole =
          row >= covered.top && row < covered.bottom && column >= covered.left && column < covered.right;
        const tile = row * this.#columns + column;
        const lossy = this.#some(before, source);
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
    return this.#some(this.#tiles, this.#touched(area));
  }

  /**
   * Areas that hold all lossy tiles.
   *
   * @param {number} side - of an area in pixels, a multiple of 16
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
   * @param {Range} range
   * @param {0 | 1} value
   */
  #fill({ left, top, right, bottom }, value) {
    for (let row = top; row < bottom; row += 1) {
      this.#tiles.fill(value, row * this.#columns + left, row * this.#columns + right);
    }
  }

  /**
   * @param {Uint8Array} tiles
   * @param {Range} range
   */
  #some(tiles, { left, top, right, bottom }) {
    for (let row = top; row < bottom; row += 1) {
      const first = row * this.#columns;
      const found = tiles.indexOf(1, first + left);
      if (found < 0) return false;
      if (found < first + right) return true;
    }
    return false;
  }

  /**
   * @param {Rectangle} area
   * @returns {Range} the tiles that it touches
   */
  #touched({ x, y, width, height }) {
    return this.#range(
      Math.floor(x / TILE),
      Math.floor(y / TILE),
      Math.ceil((x + width) / TILE),
      Math.ceil((y + height) / TILE),
    );
  }

  /**
   * @param {Rectangle} area
   * @returns {Range} the tiles that it covers, as far as they belong to the picture
   */
  #covered({ x, y, width, height }) {
    const atEdge = { right: x + width >= this.#size.width, bottom: y + height >= this.#size.height };
    return this.#range(
      Math.ceil(x / TILE),
      Math.ceil(y / TILE),
      atEdge.right ? Infinity : Math.floor((x + width) / TILE),
      atEdge.bottom ? Infinity : Math.floor((y + height) / TILE),
    );
  }

  /**
   * @param {number} left
   * @param {number} top
   * @param {number} right
   * @param {number} bottom
   * @returns {Range}
   */
  #range(left, top, right, bottom) {
    const rows = this.#columns ? this.#tiles.length / this.#columns : 0;
    return {
      left: Math.max(0, left),
      top: Math.max(0, top),
      right: Math.min(this.#columns, right),
      bottom: Math.min(rows, bottom),
    };
  }
}

/**
 * Tiles by column and row; right and bottom do not belong to it.
 *
 * @typedef {{left: number, top: number, right: number, bottom: number}} Range
 */
