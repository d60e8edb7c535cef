// @ts-check
// noVNC's Display: where it draws. When it draws stands in queued-display.js.

import Display from '../../node_modules/@novnc/novnc/core/display.js';

/**
 * A side of a picture of half the size, which is even as H.264 has it; the server's halving.py has the same.
 *
 * @param {number} side - of its rectangle
 */
export const half = (side) => Math.ceil(side / 4) * 2;

/** noVNC's Display, which draws on the visible canvas as long as that shows the whole framebuffer, without a copy of each update. */
export class DirectDisplay extends Display {
  #hidden = { canvas: this._backbuffer, context: this._drawCtx };
  #rearranging = false;
  #small = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d', { alpha: false }));

  /** @param {HTMLCanvasElement} target */
  constructor(target) {
    // Nothing shines through a desktop: the browser may copy where it would have to blend.
    target.getContext('2d', { alpha: false });
    super(target);
  }

  /** Whether size or place of the picture are being changed. */
  get rearranging() {
    return this.#rearranging;
  }

  /**
   * What has been drawn so far stays, where it has room; it must not wait for the queue.
   *
   * @override
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    this.#rearrange(() => super.resize(width, height));
  }

  /**
   * @override
   * @param {number} x
   * @param {number} y
   */
  viewportChangePos(x, y) {
    this.#rearrange(() => super.viewportChangePos(x, y));
  }

  /**
   * @override
   * @param {number} [width]
   * @param {number} [height]
   */
  viewportChangeSize(width, height) {
    this.#rearrange(() => super.viewportChangeSize(width, height));
  }

  /**
   * Show what has been drawn.
   *
   * @override
   */
  flip() {
    if (!this.#direct) super.flip(true);
  }

  /**
   * Draw pixels of the page's own memory.
   *
   * @param {ImageData} data
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  putImage(data, x, y, width, height) {
    this._drawCtx.putImageData(data, x, y, 0, 0, width, height);
    this._damage(x, y, width, height);
  }

  /**
   * Draw a picture of half the size over a whole rectangle.
   *
   * @param {CanvasImageSource | ImageData} picture - it may be larger than half the rectangle
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  drawEnlarged(picture, x, y, width, height) {
    const source = picture instanceof ImageData ? this.#onCanvas(picture) : picture;
    this.drawImage(source, 0, 0, half(width), half(height), x, y, width, height);
  }

  /** @param {ImageData} data */
  #onCanvas(data) {
    const { canvas } = this.#small;
    if (canvas.width !== data.width || canvas.height !== data.height) {
      canvas.width = data.width;
      canvas.height = data.height;
    }
    this.#small.putImageData(data, 0, 0);
    return canvas;
  }

  get #direct() {
    return this._backbuffer === this._target;
  }

  /**
   * Change the size of the canvas, or what of the framebuffer it shows.
   *
   * @param {() => void} change
   */
  #rearrange(change) {
    if (this.#rearranging) {
      change();
      return;
    }
    this.#rearranging = true;
    if (this.#direct) this.#separate();
    change();
    super.flip(true);
    this.#rearranging = false;
    if (this._target.width === this.width && this._target.height === this.height) this.#join();
  }

  #join() {
    this.#use(this._target, this._targetCtx);
    this.#hidden.canvas.width = this.#hidden.canvas.height = 0;
  }

  #separate() {
    const { canvas, context } = this.#hidden;
    canvas.width = this._target.width;
    canvas.height = this._target.height;
    if (canvas.width > 0 && canvas.height > 0) context.drawImage(this._target, 0, 0);
    this.#use(canvas, context);
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {CanvasRenderingContext2D} context
   */
  #use(canvas, context) {
    this._backbuffer = canvas;
    this._drawCtx = context;
    this._prevDrawStyle = '';
  }
}
