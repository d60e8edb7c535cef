// @ts-check
// The cards of the session: how the application ended, that it does not answer, what is with the user's files, and when the machine goes.

/** @import { CompanionFacts, Listing, SessionFacts } from '../connection/server' */
/** @import { Session } from '../connection/session.js' */

import { Emitter } from '../emitter.js';
import { CrashCard } from './crash-card.js';
import { EndingCard } from './ending-card.js';
import { LastingCard } from './lasting-card.js';
import { ObstacleCard } from './obstacle-card.js';
import { SilenceCard } from './silence-card.js';

/**
 * Events: `restart` (the application), `closed` (the focus may go back to the desktop).
 *
 * @extends {Emitter<{restart: void, closed: void}>}
 */
export class Cards extends Emitter {
  #crash;
  #silence = new SilenceCard();
  #lasting = new LastingCard();
  #obstacle = new ObstacleCard();
  #ending = new EndingCard();

  /** @param {Session} server */
  constructor(server) {
    super();
    this.#crash = new CrashCard(server);
    const closed = () => this.emit('closed');
    this.#crash.on('closed', closed);
    this.#silence.on('closed', closed);
    for (const card of [this.#lasting, this.#obstacle, this.#ending]) card.on('closed', closed);
    this.#crash.on('start', () => this.emit('restart'));
    this.#silence.on('restart', () => this.emit('restart'));
  }

  /** @param {SessionFacts} session */
  set session(session) {
    this.#crash.session = this.#silence.session = this.#obstacle.session = this.#ending.session = session;
  }

  /** @param {CompanionFacts | null} companion - of the application */
  set companion(companion) {
    this.#crash.companion = companion;
  }

  /** @param {Listing} top - of the top folder */
  set files(top) {
    this.#lasting.files = top;
  }
}
