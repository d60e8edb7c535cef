// @ts-check

/** @import { Image } from '../types' */

import { Planes, possible as convertible } from './yuv.js';

const MOST_SPARE = 3;

/** @type {Planes[]} memory of copies that have been drawn, for all streams of the page */
const spare = [];
let possible = convertible;

/**
 * The pixels of a frame in the page's own memory: they are converted and drawn in less than half the time in which browsers draw a
 * frame that is in memory too.
 *
 * @param {VideoFrame} frame - belongs to this function
 * @returns {Promise<Image>} the frame itself where its pixels cannot be had
 */
export async function copyOf(frame) {
  const { visibleRect: size, format, colorSpace } = frame;
  const known = format === 'I420' && colorSpace.fullRange && colorSpace.matrix === 'smpte170m';
  if (!possible || !size || !known) return frame;
  try {
    const copy = room(size.width, size.height);
    await frame.copyTo(copy.bytes, { layout: copy.layout });
    copy.convert();
    frame.close();
    return { data: copy.pixels, close: () => keep(copy) };
  } catch (error) {
    console.warn('Cannot copy the pixels of frames, which are drawn as they are:', error);
    possible = false;
    return frame;
  }
}

/**
 * @param {number} width
 * @param {number} height
 */
function room(width, height) {
  const index = spare.findIndex((one) => one.width === width && one.height === height);
  return (index < 0 ? null : spare.splice(index, 1)[0]) ?? new Planes(width, height);
}

/** @param {Planes} copy */
function keep(copy) {
  spare.push(copy);
  if (spare.length > MOST_SPARE) spare.shift();
}
