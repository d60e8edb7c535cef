// @ts-check
// The visitor's keyboard: from the browser's events to keys of the desktop. Which modifiers are down there stands in
// modifiers.js, what a browser makes of keys in text-field.js.

/** @import { Key } from '../novnc/held-keys.js' */
/** @import { Locks } from '../novnc/rfb-client.js' */
/** @import { Platform } from './platform.js' */
/** @import { Change, TextField } from './text-field.js' */

import { Emitter } from '../emitter.js';
import { BACKSPACE, CAPS_LOCK, keysymOf, keysymOfKey } from '../novnc/keysyms.js';
import { Modifiers, isHeld, modifierOf } from './modifiers.js';
import { characterAt } from './places.js';

// Keys that belong to this computer's input method, not to the desktop.
const OWN = /^(?:Dead|Process|Unidentified|Compose|Convert|NonConvert|AllCandidates|CodeInput|FinalMode|ModeChange|PreviousCandidate|SingleCandidate|Alphanumeric|Eisu|Hankaku|Zenkaku|ZenkakuHankaku|Hiragana|Katakana|HiraganaKatakana|Romaji|Ka(?:na|nji)Mode|Hang[eu]lMode|HanjaMode|JunjaMode|Group(?:First|Last|Next|Previous))$/;

/**
 * What is typed for the desktop.
 *
 * A key that gives text is left to the field, and pressed when that has the text: only the browser knows what a dead key, a
 * Compose key or an input method makes of it. Every other key is pressed at once, a character of a shortcut among them.
 *
 * Event: `key`, with the lock lights of this computer.
 *
 * @extends {Emitter<{key: {key: Key, locks: Locks}}>}
 */
export class Keyboard extends Emitter {
  #field;
  #platform;
  #modifiers;
  /** @type {Map<string, number>} keysyms of the keys that are down on the desktop, by code */
  #down = new Map();
  /** @type {KeyboardEvent | null} the key that the field is about to make text of */
  #typing = null;
  /** @type {Locks} */
  #locks = { caps: null, num: null };

  /**
   * @param {HTMLElement} place - where the picture and the field are
   * @param {TextField} field
   * @param {{platform: Platform, command: 'control' | 'super'}} options - command: what Apple's Command key is on the desktop
   */
  constructor(place, field, { platform, command }) {
    super();
    this.#field = field;
    this.#platform = platform;
    this.#modifiers = new Modifiers(platform, command);
    this.#modifiers.on('key', (key) => this.#send(key));
    field.on('changed', (change) => this.#type(change));
    field.on('left', () => this.releaseAll());
    window.addEventListener('blur', () => this.releaseAll());
    place.addEventListener('keydown', (event) => this.#press(event));
    place.addEventListener('keyup', (event) => this.#release(event));
    for (const type of ['pointermove', 'pointerup']) {
      place.addEventListener(type, (event) => this.#modifiers.follow(/** @type {PointerEvent} */ (event)), { capture: true });
    }
    for (const type of ['pointerdown', 'wheel']) {
      place.addEventListener(type, (event) => this.#modifiers.need(/** @type {PointerEvent} */ (event)), { capture: true });
    }
  }

  /** Hold nothing any more. */
  releaseAll() {
    this.#typing = null;
    for (const code of this.#down.keys()) this.#lift(code);
    this.#modifiers.releaseAll();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    this.#typing = null;
    const modifier = modifierOf(event);
    this.#locks = this.#locksOf(event);
    if (event.isComposing || event.keyCode === 229) return;
    if (modifier) {
      event.preventDefault();
      this.#modifiers.press(event, modifier);
    } else if (this.#isShortcut(event)) {
      this.#pressCharacter(event);
    } else {
      this.#modifiers.follow(event);
      if (isText(event.key)) this.#typing = event;
      else if (!OWN.test(event.key)) this.#pressKey(event);
    }
  }

  /** @param {KeyboardEvent} event */
  #release(event) {
    const modifier = modifierOf(event);
    if (!event.isComposing) event.preventDefault();
    if (modifier) this.#modifiers.release(event, modifier);
    else this.#modifiers.follow(event);
    // Apple tells of Caps Lock's going on as a press, of its going off as a release.
    if (event.code === 'CapsLock' && this.#platform === 'apple') this.#tap(CAPS_LOCK, event.code);
    this.#lift(event.code);
  }

  /**
   * Whether a key with a character is pressed for something else than the character.
   *
   * @param {KeyboardEvent} event
   */
  #isShortcut(event) {
    if (!isText(event.key) && event.key !== 'Dead') return false;
    // Windows has AltGr as Control and Alt.
    if (this.#platform === 'windows' && isHeld(event, 'AltGraph')) return false;
    return event.ctrlKey || isHeld(event, 'Meta') || (event.altKey && this.#platform !== 'apple');
  }

  /** @param {KeyboardEvent} event */
  #pressCharacter(event) {
    event.preventDefault();
    this.#modifiers.need(event);
    const ofPad = event.location === KeyboardEvent.DOM_KEY_LOCATION_NUMPAD && keysymOfKey(event);
    const keysym = ofPad || keysymOf(shortcutCharacter(event, this.#platform));
    // Apple tells of no release of a key while Command is held.
    if (this.#platform === 'apple' && event.metaKey) this.#tap(keysym, event.code);
    else this.#hold(keysym, event.code);
  }

  /** @param {KeyboardEvent} event */
  #pressKey(event) {
    event.preventDefault();
    this.#field.clear();
    this.#modifiers.need(event);
    const instant = event.code === '' || (this.#platform === 'apple' && (event.metaKey || event.code === 'CapsLock'));
    if (instant) this.#tap(keysymOfKey(event), event.code);
    else this.#hold(keysymOfKey(event), event.code);
  }

  /** @param {Change} change */
  #type({ erased, text }) {
    const typing = this.#typing;
    this.#typing = null;
    this.#modifiers.free();
    for (let count = 0; count < erased; count += 1) this.#tap(BACKSPACE, 'Backspace');
    // On Apple a letter that is held is a choice of accents.
    const held = erased === 0 && typing?.key === text && typing.code && !(this.#platform === 'apple' && isLetter(text));
    if (held) this.#hold(keysymOfKey(typing) || keysymOf(text), typing.code);
    else for (const character of text) this.#tap(keysymOf(character), '');
  }

  /**
   * @param {number} keysym
   * @param {string} code
   */
  #hold(keysym, code) {
    // A key that is down keeps its keysym, or a server would take its repeats for another key.
    const known = this.#down.get(code) ?? keysym;
    this.#down.set(code, known);
    this.#send({ keysym: known, code, down: true });
  }

  /** @param {string} code */
  #lift(code) {
    const keysym = this.#down.get(code);
    if (keysym === undefined) return;
    this.#down.delete(code);
    this.#send({ keysym, code, down: false });
  }

  /**
   * @param {number} keysym
   * @param {string} code
   */
  #tap(keysym, code) {
    for (const down of [true, false]) this.#send({ keysym, code, down });
  }

  /** @param {Key} key */
  #send(key) {
    this.emit('key', { key, locks: this.#locks });
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {Locks}
   */
  #locksOf(event) {
    // Apple has no Num Lock.
    const num = this.#platform === 'apple' ? null : event.getModifierState('NumLock');
    return { caps: event.getModifierState('CapsLock'), num };
  }
}

/**
 * The character of a shortcut: what the layout has at that key, or, where that is no letter that shortcuts are named by, what the
 * place has elsewhere. Shift alone makes it a capital, Caps Lock does not.
 *
 * @param {Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'altKey'>} event
 * @param {Platform} platform
 */
export function shortcutCharacter({ key, code, shiftKey, altKey }, platform) {
  const foreign = isLetter(key) && !/\p{Script=Latin}/u.test(key);
  const optional = platform === 'apple' && altKey;
  const named = key === 'Dead' || foreign || (optional && key > '\u007f') ? (characterAt(code, shiftKey) ?? key) : key;
  const cased = shiftKey ? named.toUpperCase() : named.toLowerCase();
  return cased.length === named.length ? cased : named;
}

/** @param {string} key - of KeyboardEvent: a character, or a name */
function isText(key) {
  return !/^[A-Z][A-Za-z0-9]+$/.test(key);
}

/** @param {string} text */
function isLetter(text) {
  return /^[\p{L}\p{M}]+$/u.test(text);
}
