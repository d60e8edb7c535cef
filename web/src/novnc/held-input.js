// @ts-check
// The order of keys and of the pointer, and of what must come before them, such as a pasted text.

import { Emitter } from '../emitter.js';

/**
 * @typedef {object} Key
 * @property {number} keysym
 * @property {string} code - of KeyboardEvent, empty where there is none
 * @property {boolean} [down] - a press and a release where it is not said
 */

/** @typedef {{x: number, y: number, mask: number}} PointerState */

/** @typedef {{key: Key} | {pointer: PointerState}} Input */

/** @typedef {{open: boolean, inputs: Input[]}} Gate a place in the order that is not reached before it opens */

/**
 * Keys and states of the pointer that wait, in their order, for something that must come first.
 *
 * Events: `key` (send this key), `pointer` (send this state).
 *
 * @extends {Emitter<{key: Key, pointer: PointerState}>}
 */
export class HeldInput extends Emitter {
  /** @type {(Input | Gate)[]} */
  #queue = [];
  /** @type {Gate | null} whose inputs are taken now */
  #taking = null;

  /**
   * Send a key, now or when it is no longer held back.
   *
   * @param {Key} key
   */
  press(key) {
    this.#take({ key });
  }

  /**
   * Send a state of the pointer, likewise.
   *
   * @param {PointerState} pointer
   */
  point(pointer) {
    this.#take({ pointer });
  }

  /**
   * Hold back what comes after this until the returned function is called.
   *
   * @param {() => void} [press] - presses what waits itself for what must come first
   * @returns {(isThere?: boolean) => void} where that does not come, what waited for it is not sent, but for modifiers
   */
  hold(press) {
    /** @type {Gate} */
    const gate = { open: false, inputs: [] };
    this.#queue.push(gate);
    this.#taking = gate;
    press?.();
    this.#taking = null;
    return (isThere = true) => {
      if (!isThere) gate.inputs = gate.inputs.filter((input) => 'key' in input && isModifier(input.key));
      gate.open = true;
      this.#proceed();
    };
  }

  /** @param {Input} input */
  #take(input) {
    const waiting = this.#taking?.inputs ?? (this.#queue.length > 0 ? this.#queue : null);
    if (waiting) waiting.push(input);
    else this.#send(input);
  }

  #proceed() {
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      if ('open' in first && !first.open) return;
      this.#queue.shift();
      for (const input of 'open' in first ? first.inputs : [first]) this.#send(input);
    }
  }

  /** @param {Input} input */
  #send(input) {
    if ('key' in input) this.emit('key', input.key);
    else this.emit('pointer', input.pointer);
  }
}

/**
 * Shift_L to Hyper_R, and AltGr (X11/keysymdef.h): what they are is told of each by itself.
 *
 * @param {Key} key
 */
function isModifier({ keysym }) {
  return (keysym >= 0xffe1 && keysym <= 0xffee) || keysym === 0xfe03;
}
