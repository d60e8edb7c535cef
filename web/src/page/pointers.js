// @ts-check
// The pointers of others, drawn above the desktop, and the visitor's own for them where nothing else tells it.

/** @import { DesktopConnection } from '../connection/desktop-connection.js' */
/** @import { PersonFacts } from '../connection/server' */

import { Timer } from '../timer.js';
import { element } from './element.js';
import { initials, personName } from './person-name.js';

// Milliseconds.
const REST = 4000;
const INTERVAL = 50;
const ARROW = 'M.5.5v14l4-3.6 2.6 5.6 2.6-1.2-2.6-5.5h5.4z';

/** A person's pointer: an arrow of the person's colour with the name, until it has rested. */
class PersonPointer {
  element = document.createElement('div');
  #label = document.createElement('bdi');
  #rest = new Timer(() => (this.element.hidden = true));
  at = { x: 0, y: 0 };

  constructor() {
    const arrow = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    arrow.setAttribute('viewBox', '0 0 14 18');
    path.setAttribute('d', ARROW);
    arrow.append(path);
    this.element.className = 'pointer';
    this.element.append(arrow, this.#label);
  }

  /** @param {PersonFacts} person */
  set person(person) {
    this.element.dataset.colour = String(person.colour);
    this.#label.textContent = person.name ? personName(person) : initials(person);
  }

  /** It has moved. */
  move() {
    this.element.hidden = false;
    this.#rest.start(REST);
  }

  /** It is gone. */
  remove() {
    this.#rest.stop();
    this.element.remove();
  }
}

/** All of them. */
export class Pointers {
  #layer = element('pointers', HTMLDivElement);
  #connection;
  /** @type {Map<string, PersonPointer>} */
  #pointers = new Map();
  /** @type {Map<string, PersonFacts>} */
  #others = new Map();
  /** @type {{x: number, y: number} | null} */
  #next = null;
  #told = 0;
  #pace = new Timer(() => this.#send());
  /** Whether the visitor's pointer reaches the desktop, and others see it by that. */
  acts = true;

  /**
   * @param {HTMLElement} place - where the picture is
   * @param {DesktopConnection} connection
   */
  constructor(place, connection) {
    this.#connection = connection;
    place.addEventListener('pointermove', ({ clientX: x, clientY: y }) => this.#tell({ x, y }));
  }

  /** @param {PersonFacts[]} others - who is here beside the visitor */
  set others(others) {
    this.#others = new Map(others.map((person) => [person.id, person]));
    for (const [id, pointer] of this.#pointers) {
      const person = this.#others.get(id);
      if (person) {
        pointer.person = person;
      } else {
        pointer.remove();
        this.#pointers.delete(id);
      }
    }
  }

  /** @param {Record<string, [x: number, y: number]>} moved - pixels of the desktop */
  move(moved) {
    for (const [id, [x, y]] of Object.entries(moved)) {
      const person = this.#others.get(id);
      if (!person) continue;
      const pointer = this.#pointers.get(id) ?? new PersonPointer();
      this.#pointers.set(id, pointer);
      pointer.person = person;
      pointer.at = { x, y };
      if (!pointer.element.isConnected) this.#layer.append(pointer.element);
      pointer.move();
    }
    this.draw();
  }

  /** Put them where they belong: size or scale of the picture may have changed. */
  draw() {
    const { rfb } = this.#connection;
    if (!rfb) return;
    for (const { element: shown, at } of this.#pointers.values()) {
      const { x, y } = rfb.placeOf(at);
      shown.style.transform = `translate(${x}px, ${y}px)`;
    }
  }

  /**
   * Tell where the visitor's pointer is, now or, soon after the last time, a little later.
   *
   * @param {{x: number, y: number}} at - of the window
   */
  #tell(at) {
    if (this.acts || this.#others.size === 0) return;
    const waits = this.#next !== null;
    this.#next = at;
    if (!waits) this.#pace.start(Math.max(0, this.#told + INTERVAL - performance.now()));
  }

  #send() {
    if (this.#next) this.#connection.rfb?.showPointer(this.#next);
    this.#next = null;
    this.#told = performance.now();
  }
}
