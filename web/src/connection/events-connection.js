// @ts-check
// The server's events, `WS api/events`: a new message is a type in server.d.ts, a case in #receive and an event of this class.

/**
 * @import {
 *   ApplicationFacts, ClipboardOffer, Departure, Downloads, FileEntry, LayerFacts, PeopleFacts, ServerMessage, SessionFacts
 * } from './server'
 */
/** @import { Session } from './session.js' */
/** @import { WakeUp } from './wake-up.js' */

import { Emitter } from '../emitter.js';
import { Timer } from '../timer.js';
import { Backoff } from './backoff.js';
import { sentences } from './http-error.js';
import { protocols } from './page-key.js';
import { readerLanguage } from './reader-language.js';
import { socketAddress } from './socket-address.js';

const POLICY_VIOLATION = 1008;
/** @type {Departure[]} */
const DEPARTURES = ['link_revoked', 'link_expired', 'logged_out', 'sign_in_over'];

/**
 * The server's events, with a connection that comes back by itself. Where it cannot be had, the session is asked for by
 * HTTP at each try, which also tells whether the visitor is still signed in.
 *
 * Events: `opened`, `session`, `clipboard` (what was copied on the desktop), `files` (the paths of folders in which files
 * have changed), `results` (all that are offered), `downloads` (files that a program copied or dragged out), `application`
 * and `layers` (as they are now), `people` (at this desktop), `pointers` (of others, where they have moved), `refused` (why the
 * server did not do what it was told), `trouble` (the error of the HTTP request), `ended` (for good, and why).
 *
 * @typedef {object} Events
 * @property {void} opened
 * @property {SessionFacts} session
 * @property {ClipboardOffer} clipboard
 * @property {string[]} files
 * @property {FileEntry[]} results
 * @property {Downloads} downloads
 * @property {ApplicationFacts} application
 * @property {LayerFacts[]} layers
 * @property {PeopleFacts} people
 * @property {Record<string, [x: number, y: number]>} pointers
 * @property {Departure} ended
 * @property {string} refused
 * @property {unknown} trouble
 *
 * @extends {Emitter<Events>}
 */
export class EventsConnection extends Emitter {
  #session;
  #backoff = new Backoff();
  /** @type {WebSocket | null} */
  #socket = null;
  #wait = new Timer(() => this.#connect());
  #name = '';

  /**
   * @param {Session} session
   * @param {WakeUp} wakeUp
   */
  constructor(session, wakeUp) {
    super();
    this.#session = session;
    wakeUp.on('wake', () => this.start());
  }

  /** @param {string} name - what others are to call this visitor */
  set name(name) {
    this.#name = name;
    if (this.open) this.#sendName();
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connect, now if a wait is on. */
  start() {
    if (this.#socket) return;
    this.#wait.stop();
    this.#connect();
  }

  /** Leave the connection and connect anew. */
  restart() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.start();
  }

  #connect() {
    const path = `api/events?${new URLSearchParams({ lang: readerLanguage() })}`;
    const socket = new WebSocket(socketAddress(path, location.href), protocols('events'));
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#backoff.reset();
      if (this.#name) this.#sendName();
      this.emit('opened');
    });
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(data)));
    socket.addEventListener('close', ({ code, reason }) => {
      if (socket !== this.#socket) return;
      const departure = code === POLICY_VIOLATION && DEPARTURES.find((known) => known === reason);
      // The socket stays in its place, so that nothing connects once more.
      if (departure) this.emit('ended', departure);
      else this.#again();
    });
  }

  #sendName() {
    this.#socket?.send(JSON.stringify({ type: 'name', name: this.#name }));
  }

  #again() {
    this.#socket = null;
    this.#wait.start(this.#backoff.next());
    this.#session.read().then(
      (facts) => this.emit('session', facts),
      (error) => this.emit('trouble', error),
    );
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    switch (message.type) {
      case 'session':
        this.emit('session', message.session);
        break;
      case 'clipboard':
        this.emit('clipboard', message);
        break;
      case 'files':
        if (message.results) this.emit('results', message.results);
        this.emit('files', message.folders);
        break;
      case 'application':
        this.emit('application', message.application);
        this.emit('layers', message.layers);
        break;
      case 'error':
        this.emit('refused', sentences(message));
        break;
      default:
        this.#receiveMore(message);
    }
  }

  /**
   * What is passed on as it is; a newer server may tell more than this page knows of.
   *
   * @param {Extract<ServerMessage, {type: 'downloads' | 'people' | 'pointers'}>} message
   */
  #receiveMore(message) {
    if (message.type === 'downloads') this.emit('downloads', message);
    else if (message.type === 'people') this.emit('people', message);
    else if (message.type === 'pointers') this.emit('pointers', message.pointers);
  }
}
