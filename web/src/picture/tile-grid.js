// @ts-check
// The geometry of tiles: which of them an area touches and which it covers. What is known about a tile stands in losses.js.

/** @import { Rectangle, Size } from '../geometry.js' */

/** Side of a tile in pixels. */
export const TILE = 16;

/**
 * Tiles by column and row; right and bottom do not belong to it.
 *
 * @typedef {{left: number, top: number, right: number, bottom: number}} TileRange
 */

/** A picture cut into tiles; those at its right and lower edge may be smaller. */
export class TileGrid {
  #size;

  /** @param {Size} size - of the picture */
  constructor(size) {
    this.#size = size;
    this.columns = Math.ceil(size.width / TILE);
    this.rows = Math.ceil(size.height / TILE);
  }

  /**
   * The tiles that an area touches.
   *
   * @param {Rectangle} area
   */
  touched({ x, y, width, height }) {
    return this.#range(
      Math.floor(x / TILE),
      Math.floor(y / TILE),
      Math.ceil((x + width) / TILE),
      Math.ceil((y + height) / TILE),
    );
  }

  /**
   * The tiles that an area covers, as far as they belong to the picture.
   *
   * @param {Rectangle} area
   */
  covered({ x, y, width, height }) {
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
   * @returns {TileRange}
   */
  #range(left, top, right, bottom) {
    return {
      left: Math.max(0, left),
      top: Math.max(0, top),
      right: Math.min(this.columns, right),
      bottom: Math.min(this.rows, bottom),
    };
  }
}
