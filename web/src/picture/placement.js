// @ts-check

/** @import { ResizeMode, Size } from '../types' */

/**
 * Where the picture goes in its window.
 *
 * @typedef {object} Placement
 * @property {number} scale - CSS pixels for one pixel of the picture
 * @property {number} left - CSS pixels
 * @property {number} top - CSS pixels
 */

/**
 * Place a picture: at its own size where it can be, smaller where it would be cut off.
 *
 * @param {object} what
 * @param {ResizeMode} what.mode
 * @param {Size} what.picture - in pixels of the framebuffer
 * @param {Size} what.room - in CSS pixels
 * @param {number} what.ratio - pixels of the framebuffer for one CSS pixel
 * @param {boolean} what.following - the desktop is about to take the window's size: nothing is scaled or moved till then
 * @returns {Placement}
 */
export function place({ mode, picture, room, ratio, following }) {
  const natural = 1 / ratio;
  const fitting = Math.min(room.width / picture.width, room.height / picture.height);
  if (mode === 'remote' && following) return { scale: natural, left: 0, top: 0 };
  const scale = { remote: Math.min(natural, fitting), scale: fitting, off: natural }[mode];
  return {
    scale,
    left: margin(room.width - picture.width * scale),
    top: margin(room.height - picture.height * scale),
  };
}

/**
 * Half of what is free, at a whole device pixel.
 *
 * @param {number} free - CSS pixels
 */
function margin(free) {
  const ratio = window.devicePixelRatio;
  return Math.max(0, Math.floor((free / 2) * ratio) / ratio);
}
