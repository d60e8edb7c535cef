// @ts-check
// The order and the moment of drawing. What a step draws, and where, is its giver's: novnc/queued-display.js.

/** @import { PendingImage } from './pending-image.js' */

import { Cadence } from './cadence.js';
import { ScreenRefresh } from './screen-refresh.js';

// So many whole updates may wait for a decoder before no more are read. One would leave the decoder without work while
// the next is read, and a decoder that wants one more frame before it gives any would wait for ever.
const DEPTH = 2;
// What draws so many pixels at most is seen at once, before the images that it waits for: it may answer a click, and Chromium
// holds back what its decoders give until the first frame after that.
const SMALL = 65_536;

/** @typedef {() => void} Step */
/**
 * @typedef {object} Batch what is drawn at once, as soon as its images have come
 * @property {Step[]} steps
 * @property {PendingImage[]} images
 * @property {number} pixels - that the steps draw; Infinity where one needs an image, or what is there already
 * @property {boolean} copies - whether a step draws what is there already
 * @property {Step | null} last - of a whole update
 */
/** @typedef {Pick<ScreenRefresh, 'awaited' | 'expect' | 'close' | 'on'>} Screen */

/** @returns {Batch} */
const nothing = () => ({ steps: [], images: [], pixels: 0, copies: false, last: null });

/**
 * Draws each update as a whole and in its order, while the next one is read; an image that never comes is passed over. What is
 * small and needs no image is drawn ahead of its turn, and once more in it.
 */
export class DrawQueue {
  /** What has been read of an update. */
  #batch = nothing();
  /** @type {Batch[]} whole updates, and what comes after them */
  #queue = [];
  /** Whole updates in the queue. */
  #updates = 0;
  /** @type {(() => void)[]} */
  #relieved = [];
  #closed = false;
  #screen;
  #cadence;

  /** @param {Screen} [screen] */
  constructor(screen = new ScreenRefresh()) {
    this.#screen = screen;
    this.#cadence = new Cadence(screen);
    screen.on('refreshed', () => this.#advance());
  }

  /** Whether so much waits that no further update should be read. */
  get full() {
    return this.#updates >= DEPTH;
  }

  /**
   * A part of the update that is being read.
   *
   * @param {Step} step
   * @param {number} pixels - that it draws
   */
  add(step, pixels) {
    this.#batch.pixels += pixels;
    this.#batch.steps.push(step);
  }

  /**
   * A part of the update that draws what is there already, at another place.
   *
   * @param {Step} step
   */
  addCopy(step) {
    this.#batch.copies = true;
    this.add(step, Infinity);
  }

  /**
   * A part of the update that needs an image.
   *
   * @param {PendingImage} image - belongs to the queue until the step has drawn it
   * @param {Step} step
   */
  addImage(image, step) {
    this.#batch.images.push(image);
    this.add(step, Infinity);
    image.whenSettled(() => this.#advance());
  }

  /**
   * The update has been read.
   *
   * @param {Step} last - its last step
   */
  endUpdate(last) {
    this.#updates += 1;
    this.#batch.last = last;
    this.#finish();
  }

  /**
   * Call when all that has been given so far is drawn.
   *
   * @param {Step} step
   */
  afterwards(step) {
    this.add(step, Infinity);
    if (this.#batch.steps.length === 1) this.#finish();
  }

  /**
   * Wait until further updates may be read.
   *
   * @returns {Promise<void>}
   */
  whenRelieved() {
    return new Promise((resolve) => {
      if (this.full) this.#relieved.push(resolve);
      else resolve();
    });
  }

  /** Draw nothing more. */
  close() {
    this.#closed = true;
    this.#screen.close();
    for (const { images } of [...this.#queue, this.#batch]) for (const image of images) image.discard();
    this.#queue = [];
  }

  #finish() {
    this.#queue.push(this.#batch);
    this.#batch = nothing();
    this.#advance();
  }

  #advance() {
    let head = this.#queue[0];
    while (!this.#closed && head && settled(head) && !this.#waits(head)) {
      this.#queue.shift();
      if (head.last) this.#updates -= 1;
      draw(head);
      if (head.images.length > 0) this.#cadence.drew();
      head = this.#queue[0];
    }
    this.#drawAhead();
    if (!this.full) for (const resolve of this.#relieved.splice(0)) resolve();
  }

  /** Anew after each that has had its turn, which may have drawn over it. */
  #drawAhead() {
    for (const batch of this.#queue) {
      if (batch.copies || this.#closed) break;
      if (batch.last && batch.pixels <= SMALL) draw(batch);
    }
  }

  /**
   * Whether the first batch should wait for the screen; never where a further update is there, which may answer a click.
   *
   * @param {Batch} batch
   */
  #waits({ images }) {
    return images.length > 0 && this.#updates === 1 && this.#cadence.hold();
  }
}

/** @param {Batch} batch */
function settled({ images }) {
  return images.every((image) => image.settled);
}

/** @param {Batch} batch */
function draw({ steps, last }) {
  for (const step of steps) attempt(step);
  if (last) attempt(last);
}

/** @param {Step} step */
function attempt(step) {
  try {
    step();
  } catch (error) {
    // A frame may have lost its memory; what comes after it must still be drawn.
    console.warn('Cannot draw:', error);
  }
}
