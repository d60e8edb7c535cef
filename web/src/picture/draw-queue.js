// @ts-check
// The order and the moment of drawing. What a step draws, and where, is its giver's: novnc/queued-display.js.

/** @import { PendingImage } from './pending-image.js' */

import { Cadence } from './cadence.js';
import { ScreenRefresh } from './screen-refresh.js';

// So many whole updates may wait for a decoder before no more are read. One would leave the decoder without work while
// the next is read, and a decoder that wants one more frame before it gives any would wait for ever.
const DEPTH = 2;

/** @typedef {() => void} Step */
/** @typedef {{steps: Step[], images: PendingImage[]}} Batch what is drawn at once, as soon as its images have come */
/** @typedef {Pick<ScreenRefresh, 'awaited' | 'expect' | 'close' | 'on'>} Screen */

/** Draws each update as a whole and in its order, while the next one is read; an image that never comes is passed over. */
export class DrawQueue {
  /** @type {Batch} what has been read of an update */
  #batch = { steps: [], images: [] };
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
   */
  add(step) {
    this.#batch.steps.push(step);
  }

  /**
   * A part of the update that needs an image.
   *
   * @param {PendingImage} image - belongs to the queue until the step has drawn it
   * @param {Step} step
   */
  addImage(image, step) {
    this.#batch.images.push(image);
    this.#batch.steps.push(step);
    image.whenSettled(() => this.#advance());
  }

  /**
   * The update has been read.
   *
   * @param {Step} last - its last step
   */
  endUpdate(last) {
    this.#updates += 1;
    this.#batch.steps.push(() => {
      this.#updates -= 1;
      last();
    });
    this.#finish();
  }

  /**
   * Call when all that has been given so far is drawn.
   *
   * @param {Step} step
   */
  afterwards(step) {
    this.#batch.steps.push(step);
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
    this.#batch = { steps: [], images: [] };
    this.#advance();
  }

  #advance() {
    let head = this.#queue[0];
    while (!this.#closed && head && settled(head) && !this.#waits(head)) {
      this.#queue.shift();
      for (const step of head.steps) attempt(step);
      if (head.images.length > 0) this.#cadence.drew();
      head = this.#queue[0];
    }
    if (!this.full) for (const resolve of this.#relieved.splice(0)) resolve();
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

/** @param {Step} step */
function attempt(step) {
  try {
    step();
  } catch (error) {
    // A frame may have lost its memory; what comes after it must still be drawn.
    console.warn('Cannot draw:', error);
  }
}
