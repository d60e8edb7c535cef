// @ts-check
// The list of the people at the desktop, with what can be done about control.

/** @import { Wish } from '../connection/people.js' */
/** @import { PeopleFacts, PersonFacts } from '../connection/server' */

import { Emitter } from '../emitter.js';
import { button } from './button.js';
import { element } from './element.js';
import { initials, personName } from './person-name.js';
import { texts } from './texts.js';

/**
 * The wishes that a visitor may have about somebody, the likeliest first.
 *
 * @param {PeopleFacts} facts
 * @param {PersonFacts} person
 * @returns {Wish[]}
 */
export function wishesFor(facts, person) {
  const me = facts.people.find(({ id }) => id === facts.you);
  if (facts.mode !== 'one' || !me || me.role !== 'control') return [];
  if (person !== me) {
    if (!(me.control || facts.owner) || person.role !== 'control' || person.control) return [];
    return person.asks ? ['give', 'decline'] : ['give'];
  }
  if (me.control) return ['release'];
  if (facts.acts) return ['take'];
  return [me.asks ? 'withdraw' : 'ask', ...(facts.owner ? [/** @type {Wish} */ ('take')] : [])];
}

/**
 * Event: `wish` (what, and of whom).
 *
 * @extends {Emitter<{wish: {wish: Wish, person: PersonFacts}}>}
 */
export class PeopleList extends Emitter {
  #list = element('people-list', HTMLUListElement);
  #drawn = '';

  /** @param {PeopleFacts} facts */
  draw(facts) {
    const now = JSON.stringify(facts);
    // A button that has the focus stays as long as nothing here is another.
    if (now === this.#drawn) return;
    this.#drawn = now;
    const active = document.activeElement;
    const kept = active instanceof HTMLElement && this.#list.contains(active) ? active.dataset.wish : null;
    this.#list.replaceChildren(...facts.people.map((person) => this.#row(facts, person)));
    if (kept) /** @type {HTMLElement | null} */ (this.#list.querySelector('button'))?.focus();
  }

  /**
   * @param {PeopleFacts} facts
   * @param {PersonFacts} person
   */
  #row(facts, person) {
    const row = document.createElement('li');
    const name = document.createElement('span');
    const title = document.createElement('bdi');
    const state = document.createElement('span');
    const wishes = document.createElement('span');
    title.textContent = personName(person);
    state.className = 'hint';
    state.textContent = stateOf(facts, person);
    name.className = 'name';
    name.append(title, ' ', state);
    wishes.className = 'wishes';
    wishes.append(...wishesFor(facts, person).map((wish) => this.#button(wish, person, person.id !== facts.you)));
    row.append(badge(person), name, wishes);
    return row;
  }

  /**
   * @param {Wish} wish
   * @param {PersonFacts} person
   * @param {boolean} other - whether that is somebody else
   */
  #button(wish, person, other) {
    const text = texts.people.wishes[wish];
    const made = button(text, () => this.emit('wish', { wish, person }));
    made.dataset.wish = wish;
    if (other) made.setAttribute('aria-label', texts.people.wishOf(text, personName(person)));
    return made;
  }
}

/**
 * The coloured letters of a person.
 *
 * @param {PersonFacts} person
 */
export function badge(person) {
  const made = document.createElement('span');
  made.className = 'initials';
  made.dataset.colour = String(person.colour);
  made.textContent = initials(person);
  made.setAttribute('aria-hidden', 'true');
  return made;
}

/**
 * What a person is here, in words.
 *
 * @param {PeopleFacts} facts
 * @param {PersonFacts} person
 */
function stateOf({ you }, { id, role, owner, control, asks }) {
  const { states } = texts.people;
  const told = [
    id === you && states.you,
    owner && states.owner,
    role === 'view' && states.watches,
    control && states.control,
    asks && states.asks,
  ];
  return told.filter((word) => word !== false).join(', ');
}
