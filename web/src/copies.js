// @ts-check

/** @import { Image } from './types' */

const MOST_SPARE = 3;

/** @type {ImageData[]} memory of copies that have been drawn, for all streams of the page */
const spare = [];
let possible = true;

/**
 * The pixels of a frame in the page's own memory: browsers copy and draw them in half the time in which they draw a frame
 * that is in memory too.
 *
 * @param {VideoFrame} frame - belongs to this function
 * @returns {Promise<Image>} the frame itself where the browser cannot copy it
 */
export async function copyOf(frame) {
  if (!possible || !frame.visibleRect) return frame;
  try {
    const copy = room(frame.visibleRect.width, frame.visibleRect.height);
    const planes = await frame.copyTo(copy.data, { format: 'RGBA', colorSpace: 'srgb' });
    if (planes.length !== 1) throw new Error('the browser does not know how to convert them');
    frame.close();
    return { data: copy, close: () => keep(copy) };
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
  return (index < 0 ? null : spare.splice(index, 1)[0]) ?? new ImageData(width, height);
}

/** @param {ImageData} copy */
function keep(copy) {
  spare.push(copy);
  if (spare.length > MOST_SPARE) spare.shift();
}
