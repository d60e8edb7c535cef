// @ts-check
// Sizes and areas in pixels, of the framebuffer where nothing else is said.

/**
 * @typedef {object} Size
 * @property {number} width
 * @property {number} height
 */

/**
 * @typedef {object} Point
 * @property {number} x
 * @property {number} y
 */

/** @typedef {Point & Size} Rectangle - x and y are those of its top left corner */

/**
 * Whether two sizes are equal; nothing equals null.
 *
 * @param {Size} one
 * @param {Size | null} other
 */
export function sameSize(one, other) {
  return other !== null && one.width === other.width && one.height === other.height;
}

/**
 * A size to ask a desktop for.
 *
 * @typedef {Size & {scale: number | null}} ScaledSize - scale: at which its programs are to draw; null where nobody can tell them
 */

/**
 * The number of pixels that two areas have in common.
 *
 * @param {Rectangle} one
 * @param {Rectangle} other
 */
export function overlap(one, other) {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, width) * Math.max(0, height);
}
