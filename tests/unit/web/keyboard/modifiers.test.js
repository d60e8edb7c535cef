// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { Modifier } from '../../../../web/src/keyboard/modifiers.js' */
/** @import { Platform } from '../../../../web/src/keyboard/platform.js' */

import { Modifiers, modifierOf } from '../../../../web/src/keyboard/modifiers.js';

const PLACES = /** @type {Record<Modifier, string>} */ ({
  Shift: 'ShiftLeft', Control: 'ControlLeft', Alt: 'AltLeft', AltGraph: 'AltRight', Meta: 'MetaLeft',
});

/** Modifiers, and what they have sent, such as `+AltLeft`. */
class Hands {
  /** @type {string[]} */
  sent = [];
  /** @type {Set<string>} */
  #held = new Set();

  /**
   * @param {Platform} [platform]
   * @param {'control' | 'super'} [command]
   */
  constructor(platform = 'other', command = 'control') {
    this.modifiers = new Modifiers(platform, command);
    this.modifiers.on('key', ({ code, down }) => this.sent.push(`${down ? '+' : '-'}${code}`));
  }

  /** @param {Modifier} modifier */
  down(modifier) {
    // X tells the state before the event.
    this.modifiers.press(this.#event(modifier), modifier);
    this.#held.add(modifier);
  }

  /** @param {Modifier} modifier */
  up(modifier) {
    this.modifiers.release(this.#event(modifier), modifier);
    this.#held.delete(modifier);
  }

  /** @param {Modifier[]} modifiers - what the browser says that is held, whatever was pressed */
  hold(...modifiers) {
    this.#held = new Set(modifiers);
  }

  use() {
    this.modifiers.need(this.state);
    this.sent.push('use');
  }

  get state() {
    return { getModifierState: (/** @type {string} */ name) => this.#held.has(name) };
  }

  /** @param {Modifier} modifier */
  #event(modifier) {
    return { key: modifier, code: PLACES[modifier], location: 1, ...this.state };
  }
}

test('Shift and Control are down as long as they are held', () => {
  const hands = new Hands();
  hands.down('Shift');
  hands.down('Control');
  hands.use();
  hands.up('Shift');
  hands.up('Control');
  assert.deepEqual(hands.sent, ['+ShiftLeft', '+ControlLeft', 'use', '-ShiftLeft', '-ControlLeft']);
});

test('Alt and Super wait for what they are held for', () => {
  for (const modifier of /** @type {Modifier[]} */ (['Alt', 'Meta'])) {
    const hands = new Hands();
    hands.down(modifier);
    assert.deepEqual(hands.sent, []);
    hands.use();
    hands.up(modifier);
    assert.deepEqual(hands.sent, [`+${PLACES[modifier]}`, 'use', `-${PLACES[modifier]}`]);
  }
});

test('alone they go when they are let go of, but not on machines of Apple', () => {
  const hands = new Hands();
  hands.down('Alt');
  hands.up('Alt');
  assert.deepEqual(hands.sent, ['+AltLeft', '-AltLeft']);
  const apple = new Hands('apple');
  for (const modifier of /** @type {Modifier[]} */ (['Alt', 'Meta'])) {
    apple.down(modifier);
    apple.up(modifier);
  }
  assert.deepEqual(apple.sent, []);
});

test('Alt with Shift alone, which changes the layout here, opens no menu there', () => {
  for (const [first, second] of /** @type {Modifier[][]} */ ([['Alt', 'Shift'], ['Shift', 'Alt']])) {
    assert.ok(first && second);
    const hands = new Hands();
    hands.down(first);
    hands.down(second);
    hands.up(second);
    hands.up(first);
    assert.deepEqual(hands.sent, ['+ShiftLeft', '-ShiftLeft']);
  }
});

test('what the window manager takes away is never sent, and what it lets go of is released', () => {
  const hands = new Hands();
  hands.down('Alt');
  hands.modifiers.releaseAll();
  hands.up('Alt');
  hands.down('Alt');
  hands.hold();
  hands.use();
  assert.deepEqual(hands.sent, ['use']);
  hands.down('Alt');
  hands.use();
  hands.hold();
  hands.modifiers.follow(hands.state);
  assert.deepEqual(hands.sent, ['use', '+AltLeft', 'use', '-AltLeft']);
});

test('what was pressed while another window had the keys is down for what needs it', () => {
  const hands = new Hands();
  hands.hold('Control', 'Shift');
  hands.modifiers.follow(hands.state);
  assert.deepEqual(hands.sent, []);
  hands.use();
  hands.up('Control');
  hands.hold();
  hands.use();
  assert.deepEqual(hands.sent, ['+ShiftLeft', '+ControlLeft', 'use', '-ShiftLeft', '-ControlLeft', 'use']);
});

test('AltGr of Windows, which begins as Control, ends as AltGr', () => {
  const hands = new Hands('windows');
  hands.down('Control');
  hands.hold();
  hands.down('AltGraph');
  hands.modifiers.follow(hands.state);
  assert.deepEqual(hands.sent, ['+ControlLeft', '-ControlLeft', '+AltRight']);
});

test('text is no shortcut, whatever is held', () => {
  const hands = new Hands();
  for (const modifier of /** @type {Modifier[]} */ (['Shift', 'Control', 'Alt'])) hands.down(modifier);
  hands.use();
  hands.modifiers.free();
  assert.deepEqual(hands.sent.slice(4), ['-ControlLeft', '-AltLeft']);
});

test('Command is Control, or Super where that is asked for', () => {
  for (const [command, code] of /** @type {['control' | 'super', string][]} */ ([['control', 'ControlLeft'], ['super', 'MetaLeft']])) {
    const hands = new Hands('apple', command);
    hands.down('Meta');
    hands.use();
    hands.up('Meta');
    assert.deepEqual(hands.sent, [`+${code}`, 'use', `-${code}`]);
  }
});

test('the modifier that a key is', () => {
  assert.equal(modifierOf({ key: 'AltGraph', code: '' }), 'AltGraph');
  assert.equal(modifierOf({ key: 'Meta', code: 'AltLeft' }), 'Alt');
  assert.equal(modifierOf({ key: 'OS', code: 'OSLeft' }), 'Meta');
  assert.equal(modifierOf({ key: 'a', code: 'KeyA' }), null);
});
