// @ts-check
// How many pixels of the screen draw one of the desktop, so that none is smeared over its neighbours.

/**
 * One pixel of the desktop for each of the screen; or for each CSS pixel; or the page chooses.
 *
 * @typedef {'auto' | 'device' | 'css'} Sharpness
 */

/** @type {readonly Sharpness[]} */
export const SHARPNESSES = ['auto', 'device', 'css'];

/**
 * The side of the block of the screen's pixels that draws one pixel of the desktop.
 *
 * By itself the page takes whole blocks. Without a GPU, where drawing costs as much as there are pixels, they are the largest that
 * are no larger than a CSS pixel; programs make up for the rest by drawing at a scale from 1 up to 2.
 *
 * @param {Sharpness} sharpness
 * @param {object} at
 * @param {number} at.ratio - pixels of the screen for one CSS pixel
 * @param {number | null} at.scale - at which programs draw now; null where nobody can tell them
 * @param {boolean} at.asks - whether the desktop is asked for a size and a scale that go with it
 * @param {boolean} at.gpu - whether the desktop's programs draw with one
 * @returns {number}
 */
export function blockSide(sharpness, { ratio, scale, asks, gpu }) {
  if (sharpness === 'device') return 1;
  if (sharpness === 'css') return ratio;
  if (!asks) return largestBlock(ratio / (scale ?? 1));
  // Programs that cannot be told would be too small to read.
  if (scale === null) return ratio;
  return gpu ? 1 : largestBlock(ratio);
}

/** @param {number} side */
function largestBlock(side) {
  // Browsers give 1.100000024 for 1.1, and 2.9999999 for 3.
  return Math.max(1, Math.floor(side + 1e-4));
}
