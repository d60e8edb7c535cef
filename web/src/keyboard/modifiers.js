// @ts-check
// Which modifiers the desktop holds down. What the browser says at each event counts, since it does not tell of every key: those
// of a window manager, and what happens while another window has the keys, are lost.

/** @import { Key } from '../novnc/held-keys.js' */
/** @import { Platform } from './platform.js' */

import { Emitter } from '../emitter.js';
import { ALT, CONTROL, ISO_LEVEL3_SHIFT, SHIFT, SUPER } from '../novnc/keysyms.js';

/** @typedef {'Shift' | 'Control' | 'Alt' | 'AltGraph' | 'Meta'} Modifier */
/** @typedef {Pick<KeyboardEvent, 'key' | 'code' | 'location'>} PressedKey */
/** @typedef {Pick<UIEvent & {getModifierState(name: string): boolean}, 'getModifierState'>} State */

/** @type {Modifier[]} */
const MODIFIERS = ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta'];

/**
 * Presses and releases modifiers on the desktop.
 *
 * Alone they open menus there: Alt, Super and Command go with what they are held for, or when they are let go of without it.
 *
 * Event: `key`.
 *
 * @extends {Emitter<{key: Key}>}
 */
export class Modifiers extends Emitter {
  #platform;
  #keysyms;
  /** @type {Map<string, {modifier: Modifier, key: Key}>} what is down on the desktop, by the key's place */
  #down = new Map();
  /** @type {Map<string, {modifier: Modifier, key: Key}>} what is held here, and not yet sent */
  #waiting = new Map();
  #alone = false;

  /**
   * @param {Platform} platform
   * @param {'control' | 'super'} command - what Apple's Command key is on the desktop
   */
  constructor(platform, command) {
    super();
    this.#platform = platform;
    this.#keysyms = {
      Shift: SHIFT,
      Control: CONTROL,
      Alt: ALT,
      AltGraph: { left: ISO_LEVEL3_SHIFT, right: ISO_LEVEL3_SHIFT },
      Meta: platform === 'apple' && command === 'control' ? CONTROL : SUPER,
    };
  }

  /**
   * The modifier key of an event was pressed.
   *
   * @param {PressedKey & State} event
   * @param {Modifier} modifier
   */
  press(event, modifier) {
    this.follow(event, modifier);
    const place = event.code || modifier;
    if (this.#down.has(place) || this.#waiting.has(place)) return;
    const key = this.#keyOf(modifier, event.location === 2);
    this.#alone = this.#down.size === 0 && this.#waiting.size === 0;
    if (modifier === 'Alt' || modifier === 'Meta') this.#waiting.set(place, { modifier, key });
    else this.#send(place, { modifier, key });
  }

  /**
   * The modifier key of an event was let go of.
   *
   * @param {PressedKey & State} event
   * @param {Modifier} modifier
   */
  release(event, modifier) {
    const place = event.code || modifier;
    const waiting = this.#waiting.get(place);
    if (waiting && this.#alone && this.#platform !== 'apple') this.#send(place, waiting);
    this.#waiting.delete(place);
    this.#drop(place);
    this.follow(event, modifier);
  }

  /**
   * Let go of what is no longer held.
   *
   * @param {State} state
   * @param {Modifier | null} [own] - that of the event itself, of which browsers tell the state before or after it
   */
  follow(state, own = null) {
    for (const [place, { modifier }] of [...this.#waiting, ...this.#down]) {
      if (modifier === own || isHeld(state, modifier)) continue;
      this.#waiting.delete(place);
      this.#drop(place);
    }
  }

  /**
   * Hold on the desktop what is held here, for what follows.
   *
   * @param {State} state
   */
  need(state) {
    this.follow(state);
    this.#alone = false;
    for (const modifier of MODIFIERS.filter((one) => isHeld(state, one))) {
      const waiting = [...this.#waiting].filter(([, one]) => one.modifier === modifier);
      for (const [place, one] of waiting) this.#send(place, one);
      const known = [...this.#down.values()].some((one) => one.modifier === modifier);
      // Pressed while another window had the keys.
      if (!known) this.#send(modifier, { modifier, key: this.#keyOf(modifier, false) });
    }
  }

  /** What follows is text: no modifier may make a shortcut of it. */
  free() {
    this.#alone = false;
    for (const [place, { modifier }] of this.#down) {
      if (modifier !== 'Shift' && modifier !== 'AltGraph') this.#drop(place);
    }
  }

  /** Hold nothing any more. */
  releaseAll() {
    this.#waiting.clear();
    for (const place of this.#down.keys()) this.#drop(place);
  }

  /**
   * @param {Modifier} modifier
   * @param {boolean} right
   * @returns {Key}
   */
  #keyOf(modifier, right) {
    const keysyms = this.#keysyms[modifier];
    const name = keysyms === CONTROL ? 'Control' : modifier;
    const code = modifier === 'AltGraph' ? 'AltRight' : `${name}${right ? 'Right' : 'Left'}`;
    return { keysym: right ? keysyms.right : keysyms.left, code };
  }

  /**
   * @param {string} place
   * @param {{modifier: Modifier, key: Key}} pressed
   */
  #send(place, pressed) {
    this.#waiting.delete(place);
    this.#down.set(place, pressed);
    this.emit('key', { ...pressed.key, down: true });
  }

  /** @param {string} place */
  #drop(place) {
    const pressed = this.#down.get(place);
    if (!pressed) return;
    this.#down.delete(place);
    this.emit('key', { ...pressed.key, down: false });
  }
}

/**
 * The modifier that a key is, null for any other key.
 *
 * @param {Pick<KeyboardEvent, 'key' | 'code'>} key
 * @returns {Modifier | null}
 */
export function modifierOf({ key, code }) {
  // X calls Alt with Shift Meta; Firefox has called Super OS.
  if (key === 'Meta' && code.startsWith('Alt')) return 'Alt';
  const name = key === 'OS' ? 'Meta' : key;
  return MODIFIERS.find((modifier) => modifier === name) ?? null;
}

/**
 * @param {State} state
 * @param {Modifier} modifier
 */
export function isHeld(state, modifier) {
  return state.getModifierState(modifier) || (modifier === 'Meta' && state.getModifierState('OS'));
}
