// @ts-check
// What a person is called, in words and in two letters.

/** @import { PersonFacts } from '../connection/server' */

import { texts } from './texts.js';

/**
 * What others call somebody.
 *
 * @param {Pick<PersonFacts, 'name' | 'number' | 'via'>} person
 */
export function personName({ name, number, via }) {
  return name || (via === 'vnc' ? texts.people.vnc(number) : texts.people.guest(number));
}

/**
 * One or two letters that tell people apart beside the colour: of the first and the last word, of the only one, or a number.
 *
 * @param {Pick<PersonFacts, 'name' | 'number'>} person
 */
export function initials({ name, number }) {
  const words = name.split(/\s+/).filter(Boolean);
  if (words.length === 0) return String(number);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => [...(word ?? '')][0] ?? '').join('').toLocaleUpperCase();
}
