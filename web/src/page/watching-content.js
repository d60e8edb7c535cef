// @ts-check
// What is said to a visitor whose clicks and keys reach nothing, and what can be done about it.

/** @import { PeopleFacts } from '../connection/server' */

import { personName } from './person-name.js';
import { texts } from './texts.js';

/** @typedef {'ask' | 'withdraw' | 'take'} Way */

/**
 * @param {PeopleFacts | null} facts - null where the server says nothing of people
 * @param {{control: boolean, viewOnly: boolean}} visitor - control: the role; viewOnly: the page's address asks for no more
 * @returns {{text: string, ways: Way[]} | null} null for who acts
 */
export function watchingContent(facts, { control, viewOnly }) {
  const { people } = texts;
  if (control && viewOnly) return { text: people.addressWatches, ways: [] };
  if (!control) return { text: people.linkWatches, ways: [] };
  if (!facts || facts.acts) return null;
  const holder = facts.people.find((person) => person.control);
  const name = holder ? personName(holder) : '';
  const asks = facts.people.some(({ id, asks: waits }) => id === facts.you && waits);
  const text = asks ? people.asked(name) : people.otherActs(name);
  return { text, ways: [asks ? 'withdraw' : 'ask', ...(facts.owner ? [/** @type {Way} */ ('take')] : [])] };
}
