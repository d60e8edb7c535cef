// @ts-check
// The panel of the people at the desktop: who they are, who has control, the visitor's name, links for others, the way out.

/** @import { People } from '../connection/people.js' */
/** @import { ControlMode, PeopleFacts } from '../connection/server' */

import { element } from './element.js';
import { LinksList } from './links-list.js';
import { Panel } from './panel.js';
import { PeopleList } from './people-list.js';

/**
 * @typedef {object} Answers what is to be done about what the visitor chooses
 * @property {(mode: ControlMode) => void} choose
 * @property {(name: string) => void} rename
 * @property {() => void} logOut
 */

/** Draws what it is told; `list` tells the wishes. */
export class PeoplePanel extends Panel {
  list = new PeopleList();
  #links;
  #one = element('people-one', HTMLInputElement);
  #name = element('people-name', HTMLInputElement);

  /**
   * @param {People} people
   * @param {Answers} answers
   */
  constructor(people, { choose, rename, logOut }) {
    super('people');
    this.#links = new LinksList(people);
    this.#one.addEventListener('change', () => choose(this.#one.checked ? 'one' : 'shared'));
    element('people-name-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      rename(this.#name.value);
    });
    this.#name.addEventListener('change', () => rename(this.#name.value));
    element('people-logout', HTMLButtonElement).addEventListener('click', logOut);
  }

  /** @param {string} name - of the visitor */
  set name(name) {
    this.#name.value = name;
  }

  /** @param {PeopleFacts} facts */
  set facts(facts) {
    this.list.draw(facts);
    this.#one.checked = facts.mode === 'one';
    element('people-one-row', HTMLLabelElement).hidden = !facts.owner;
    element('people-logout', HTMLButtonElement).hidden = !facts.logout;
    this.#links.offered = facts.links;
  }

  /** @override */
  open() {
    super.open();
    this.#links.open();
  }
}
