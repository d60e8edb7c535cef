// @ts-check
// Several people at one desktop, as the page shows them: the panel, the cards, the pointers, and the news among them.

/** @import { DesktopConnection } from '../connection/desktop-connection.js' */
/** @import { EventsConnection } from '../connection/events-connection.js' */
/** @import { Wish } from '../connection/people.js' */
/** @import { Departure, PeopleFacts } from '../connection/server' */
/** @import { Keyboard } from '../keyboard/keyboard.js' */
/** @import { Bar } from './bar.js' */
/** @import { DesktopView } from './desktop-view.js' */
/** @import { Notice } from './notice.js' */
/** @import { StartPage } from './start-page.js' */

import { pageRole } from '../connection/page-key.js';
import { People } from '../connection/people.js';
import { Emitter } from '../emitter.js';
import { ALT, CAPS_LOCK, CONTROL, ISO_LEVEL3_SHIFT, SHIFT, SUPER } from '../novnc/keysyms.js';
import { AskingCard } from './asking-card.js';
import { BrowserMemory } from './browser-memory.js';
import { errorText } from './error-text.js';
import { NamingCard } from './naming-card.js';
import { PeoplePanel } from './people-panel.js';
import { controlNews } from './people-news.js';
import { Pointers } from './pointers.js';
import { texts } from './texts.js';
import { WatchingCard } from './watching-card.js';
import { watchingContent } from './watching-content.js';

// A modifier alone does nothing that would be missed.
const MODIFIERS = new Set([CAPS_LOCK, ISO_LEVEL3_SHIFT, ...[SHIFT, CONTROL, ALT, SUPER].flatMap(Object.values)]);

/**
 * The parts of the page that have to do with others.
 *
 * @typedef {object} Parts
 * @property {EventsConnection} events
 * @property {DesktopConnection} connection
 * @property {StartPage} start
 * @property {Bar} bar
 * @property {DesktopView} desktop
 * @property {Keyboard} keyboard
 * @property {Notice} notice
 */

/**
 * Events: `acts` (whether the visitor's input counts among these people has changed), `closed` (the focus may go back to the
 * desktop).
 *
 * @extends {Emitter<{acts: boolean, closed: void}>}
 */
export class PeopleView extends Emitter {
  #people = new People();
  #parts;
  #memory = new BrowserMemory('name');
  #watching = new WatchingCard();
  #asking = new AskingCard();
  #naming = new NamingCard();
  #pointers;
  #panel = new PeoplePanel(this.#people, {
    choose: (mode) => this.#try(() => this.#people.choose(mode)),
    rename: (name) => this.#rename(name),
    logOut: () => this.#try(() => this.#people.logOut()),
  });
  /** @type {PeopleFacts | null} */
  #facts = null;
  #visitor = { control: true, viewOnly: false, foreign: false };
  #ended = false;

  /**
   * @param {HTMLElement} place - where the picture is
   * @param {Parts} parts
   */
  constructor(place, parts) {
    super();
    this.#parts = parts;
    this.#pointers = new Pointers(place, parts.connection);
    const { value: name } = this.#memory;
    if (typeof name === 'string') this.#panel.name = parts.events.name = name;
    this.#listenToParts(parts);
    this.#watching.on('wish', (wish) => this.#wish(wish));
    this.#asking.on('give', (person) => this.#wish('give', person));
    this.#asking.on('decline', (person) => this.#wish('decline', person));
    this.#naming.on('named', (given) => this.#rename(given));
    this.#panel.list.on('wish', ({ wish, person }) => this.#wish(wish, person.id));
    this.#watching.on('closed', () => this.emit('closed'));
    this.#asking.on('closed', () => this.emit('closed'));
    this.#naming.on('closed', () => this.emit('closed'));
    this.#panel.on('closed', () => this.emit('closed'));
  }

  /** @param {Parts} parts */
  #listenToParts({ events, start, bar, desktop, keyboard }) {
    events.on('people', (facts) => this.#learn(facts));
    events.on('pointers', (moved) => this.#pointers.move(moved));
    events.on('ended', (departure) => this.#end(departure));
    start.on('connect', () => {
      if (this.#ended) location.reload();
    });
    bar.on('people', () => this.#panel.open());
    desktop.on('touched', () => this.#watching.tried());
    desktop.on('drawn', () => this.#pointers.draw());
    keyboard.on('key', ({ key: { keysym, down = true } }) => {
      if (down && !MODIFIERS.has(keysym)) this.#watching.tried();
    });
  }

  /** Whether the visitor's input counts, as far as these people go. */
  get acts() {
    return this.#visitor.foreign || (this.#facts?.acts ?? true);
  }

  /** @param {{control: boolean, viewOnly: boolean, foreign: boolean}} visitor - as in watchingContent */
  set visitor(visitor) {
    this.#visitor = visitor;
    this.#parts.bar.people = !visitor.foreign;
    this.#draw();
  }

  /** @param {PeopleFacts} facts */
  #learn(facts) {
    const before = this.#facts;
    this.#facts = facts;
    const news = before && controlNews(before, facts);
    if (news) this.#parts.notice.show(news);
    if ((before?.acts ?? true) !== facts.acts) this.emit('acts', facts.acts);
    this.#draw();
  }

  #draw() {
    const { control, viewOnly, foreign } = this.#visitor;
    this.#watching.content = foreign ? null : watchingContent(this.#facts, this.#visitor);
    this.#pointers.acts = control && !viewOnly && this.acts;
    if (!this.#facts || foreign) return;
    const { you, people, owner } = this.#facts;
    const others = people.filter(({ id }) => id !== you);
    const decides = owner || people.some(({ id, control: holds }) => id === you && holds);
    this.#panel.facts = this.#facts;
    this.#pointers.others = others;
    this.#asking.person = decides ? others.find(({ asks }) => asks) : undefined;
    const unnamed = this.#memory.value === null && people.some(({ id, name }) => id === you && !name);
    this.#naming.wanted = unnamed && others.some(({ via }) => via === 'page');
  }

  /** @param {string} name */
  #rename(name) {
    this.#memory.value = name.trim();
    this.#panel.name = this.#parts.events.name = name.trim();
    this.#naming.wanted = false;
  }

  /**
   * @param {Wish} wish
   * @param {string} [person]
   */
  #wish(wish, person) {
    this.#try(() => this.#people.wish(wish, person));
  }

  /** @param {() => Promise<void>} request */
  async #try(request) {
    try {
      await request();
    } catch (error) {
      this.#parts.notice.show(errorText(error));
      if (this.#facts) this.#panel.facts = this.#facts;
    }
  }

  /** @param {Departure} departure */
  #end(departure) {
    this.#ended = true;
    this.#parts.connection.stop();
    this.#parts.start.trouble = texts.people.ended[departure];
    if (departure === 'logged_out') location.replace(`login?as=${pageRole()}`);
  }
}
