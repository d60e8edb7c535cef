// @ts-check
// What a visitor is told when control has gone from one to another.

/** @import { PeopleFacts } from '../connection/server' */

import { personName } from './person-name.js';
import { texts } from './texts.js';

/**
 * @param {PeopleFacts} before
 * @param {PeopleFacts} now
 * @returns {string} empty where nothing concerns the visitor
 */
export function controlNews(before, now) {
  const { people } = texts;
  const [mine, mineNow] = [me(before), me(now)];
  const holder = now.people.find(({ control }) => control);
  if (mineNow?.control && !mine?.control) return now.people.length > 1 ? people.youAct : '';
  if (before.acts && !now.acts && holder) return people.nowActs(personName(holder));
  if (mine?.asks && !mineNow?.asks && !now.acts) return people.notGiven;
  if (before.mode === 'one' && now.mode === 'shared' && !before.acts) return people.allAct;
  return '';
}

/** @param {PeopleFacts} facts */
function me({ you, people }) {
  return people.find(({ id }) => id === you);
}
