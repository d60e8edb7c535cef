// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { controlNews } from '../../../../web/src/page/people-news.js';
import { linkFacts } from '../../../../web/src/page/links-list.js';
import { wishesFor } from '../../../../web/src/page/people-list.js';
import { initials, personName } from '../../../../web/src/page/person-name.js';
import { watchingContent } from '../../../../web/src/page/watching-content.js';

/** @import { PeopleFacts, PersonFacts } from '../../../../web/src/connection/server' */

/**
 * @param {string} id
 * @param {Partial<PersonFacts>} [facts]
 * @returns {PersonFacts}
 */
function person(id, facts) {
  const usual = { id, name: id, number: 1, colour: 0, owner: false, control: false, asks: false };
  return { ...usual, via: 'page', role: 'control', ...facts };
}

/**
 * @param {string} you
 * @param {PersonFacts[]} people
 * @param {Partial<PeopleFacts>} [facts]
 * @returns {PeopleFacts}
 */
function here(you, people, facts) {
  const me = people.find(({ id }) => id === you);
  const free = people.every(({ control }) => !control);
  const acts = me?.role === 'control' && (free || me.control);
  return { mode: 'one', you, acts, owner: me?.owner ?? false, links: false, logout: false, people, ...facts };
}

const visitor = { control: true, viewOnly: false };

test('people are told apart by letters too', () => {
  const told = ['Zoë', 'ana maría lópez', '李雷', '👩‍🔬 Eve', ''].map((name) => initials({ name, number: 7 }));
  assert.deepEqual(told, ['Z', 'AL', '李', '👩E', '7']);
  assert.equal(personName(person('a', { name: '', number: 3 })), 'Guest 3');
  assert.equal(personName(person('a', { name: '', number: 3, via: 'vnc' })), 'VNC viewer 3');
});

test('who acts is told nothing, and everybody else why not and what to do', () => {
  const zoe = person('Zoë', { owner: true });
  const ben = person('Ben', { control: true });
  assert.equal(watchingContent(null, visitor), null);
  assert.equal(watchingContent(here('Ben', [zoe, ben]), visitor), null);
  assert.match(watchingContent(null, { control: false, viewOnly: false })?.text ?? '', /link/);
  assert.match(watchingContent(null, { control: true, viewOnly: true })?.text ?? '', /view_only/);
  const eve = person('Eve');
  assert.deepEqual(watchingContent(here('Eve', [zoe, ben, eve]), visitor)?.ways, ['ask']);
  const asking = here('Eve', [zoe, ben, { ...eve, asks: true }]);
  assert.deepEqual(watchingContent(asking, visitor)?.ways, ['withdraw']);
  const owner = watchingContent(here('Zoë', [zoe, ben]), visitor);
  assert.deepEqual(owner, { text: 'You are watching: Ben has control.', ways: ['ask', 'take'] });
});

test('the list offers what the server would allow', () => {
  const zoe = person('Zoë', { owner: true });
  const ben = person('Ben', { control: true });
  const eve = person('Eve', { asks: true });
  const watcher = person('Tim', { role: 'view' });
  const all = [zoe, ben, eve, watcher];
  const offered = (/** @type {string} */ you) => all.map((one) => wishesFor(here(you, all), one).join(' '));
  assert.deepEqual(offered('Zoë'), ['ask take', '', 'give decline', '']);
  assert.deepEqual(offered('Ben'), ['give', 'release', 'give decline', '']);
  assert.deepEqual(offered('Eve'), ['', '', 'withdraw', '']);
  assert.deepEqual(offered('Tim'), ['', '', '', '']);
  const free = [zoe, { ...ben, control: false }];
  assert.deepEqual(wishesFor(here('Ben', free), { ...ben, control: false }), []);
  const [, me] = free;
  assert.ok(me);
  assert.deepEqual(wishesFor(here('Ben', free), me), ['take']);
  assert.deepEqual(wishesFor(here('Ben', free, { mode: 'shared' }), me), []);
});

test('a visitor is told when control comes and goes, and a single one nothing', () => {
  const zoe = person('Zoë', { owner: true });
  const ben = person('Ben');
  const has = (/** @type {PersonFacts} */ one) => ({ ...one, control: true });
  const asks = (/** @type {PersonFacts} */ one) => ({ ...one, asks: true });
  const before = here('Ben', [has(zoe), asks(ben)]);
  assert.equal(controlNews(before, here('Ben', [zoe, has(ben)])), 'You have control.');
  assert.equal(controlNews(here('Ben', [zoe, has(ben)]), before), 'Zoë has control now.');
  assert.match(controlNews(before, here('Ben', [has(zoe), ben])), /not given/);
  assert.match(controlNews(before, here('Ben', [zoe, ben], { mode: 'shared' })), /not given|shares/);
  assert.equal(controlNews(before, before), '');
  assert.equal(controlNews(here('Zoë', [zoe]), here('Zoë', [has(zoe)])), '');
});

test('a link says what it is for, and until when', () => {
  assert.equal(linkFacts({ role: 'view', until: null }), 'watching, until revoked');
  assert.match(linkFacts({ role: 'control', until: 1_800_000_000 }), /^control, until .*2027/);
});
