// @ts-check
// How picture and window come together, as numbers in pixels of the screen; content-box.js measures the window.

/** @import { Size } from '../geometry.js' */

/**
 * The desktop takes the window's size, or the picture is scaled to it, or neither.
 *
 * @typedef {'remote' | 'scale' | 'off'} ResizeMode
 */

/**
 * Where the picture goes in its window, in pixels of the screen.
 *
 * @typedef {object} Placement
 * @property {number} scale - for one pixel of the picture
 * @property {number} left
 * @property {number} top
 */

// A side of a desktop in pixels.
const SMALLEST = 64;
const LARGEST = 8192;

/**
 * Place a picture: at its own size where it can be, smaller where it would be cut off.
 *
 * @param {object} what
 * @param {ResizeMode} what.mode
 * @param {Size} what.picture - in pixels of the framebuffer
 * @param {Size} what.box - what there is room for, in pixels of the screen
 * @param {number} what.block - pixels of the screen for one of the framebuffer
 * @param {boolean} what.following - the desktop is about to take the window's size: nothing is scaled or moved till then
 * @returns {Placement}
 */
export function place({ mode, picture, box, block, following }) {
  const fitting = Math.min(box.width / picture.width, box.height / picture.height);
  if (mode === 'remote' && following) return { scale: block, left: 0, top: 0 };
  const scale = { remote: Math.min(block, fitting), scale: fitting, off: block }[mode];
  return {
    scale,
    left: margin(box.width - picture.width * scale),
    top: margin(box.height - picture.height * scale),
  };
}

/**
 * Size of a desktop that fills a box.
 *
 * @param {Size} box - in pixels of the screen
 * @param {number} block - of these for one of the desktop
 * @returns {Size | null} null for a box that is not shown
 */
export function fillingSize({ width, height }, block) {
  return width < 1 || height < 1 ? null : { width: side(width / block), height: side(height / block) };
}

/** @param {number} free - pixels of the screen, half of which are on each side */
function margin(free) {
  return Math.max(0, Math.floor(free / 2));
}

/** @param {number} pixels */
function side(pixels) {
  // The small amount undoes the rounding of a quotient such as 1920 by 1.1.
  return Math.min(LARGEST, Math.max(SMALLEST, Math.floor(pixels + 0.01)));
}
