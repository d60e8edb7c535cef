// @ts-check
// How picture and window come together, as numbers; content-box.js measures the window.

/** @import { Size } from '../geometry.js' */

/**
 * The desktop takes the window's size, or the picture is scaled to it, or neither.
 *
 * @typedef {'remote' | 'scale' | 'off'} ResizeMode
 */

/**
 * Where the picture goes in its window.
 *
 * @typedef {object} Placement
 * @property {number} scale - CSS pixels for one pixel of the picture
 * @property {number} left - CSS pixels
 * @property {number} top - CSS pixels
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
 * @param {Size} what.box - what there is room for, in CSS pixels
 * @param {number} what.ratio - pixels of the framebuffer for one CSS pixel
 * @param {number} what.deviceRatio - pixels of the device for one CSS pixel
 * @param {boolean} what.following - the desktop is about to take the window's size: nothing is scaled or moved till then
 * @returns {Placement}
 */
export function place({ mode, picture, box, ratio, deviceRatio, following }) {
  const natural = 1 / ratio;
  const fitting = Math.min(box.width / picture.width, box.height / picture.height);
  if (mode === 'remote' && following) return { scale: natural, left: 0, top: 0 };
  const scale = { remote: Math.min(natural, fitting), scale: fitting, off: natural }[mode];
  return {
    scale,
    left: margin(box.width - picture.width * scale, deviceRatio),
    top: margin(box.height - picture.height * scale, deviceRatio),
  };
}

/**
 * Size of a desktop that fills a box.
 *
 * @param {Size} box - in pixels of the desktop, with fractions
 * @returns {Size | null} null for a box that is not shown
 */
export function fillingSize({ width, height }) {
  return width < 1 || height < 1 ? null : { width: side(width), height: side(height) };
}

/**
 * Half of what is free, at a whole device pixel.
 *
 * @param {number} free - CSS pixels
 * @param {number} deviceRatio
 */
function margin(free, deviceRatio) {
  return Math.max(0, Math.floor((free / 2) * deviceRatio) / deviceRatio);
}

/** @param {number} pixels */
function side(pixels) {
  // The small amount undoes the rounding of a product such as 853.33 times 1.5.
  return Math.min(LARGEST, Math.max(SMALLEST, Math.floor(pixels + 0.01)));
}
