// @ts-check
// Images of the tests: no pixels, but it is known whether they were closed.

/** @import { PlainImage } from '../../../../web/src/picture/pending-image.js' */

/** @returns {PlainImage & {closed: number}} */
export function image() {
  return {
    data: /** @type {ImageData} */ ({ width: 16, height: 16 }),
    closed: 0,
    close() {
      this.closed += 1;
    },
  };
}
