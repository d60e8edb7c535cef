// @ts-check

/** @import { ServerEvent } from '../types' */
/** @import { Session } from './session.js' */

import { socketAddress } from './socket-address.js';
import { Backoff } from './backoff.js';

/**
 * The server's events, with a connection that comes back by itself. Where it cannot be had, the session is asked for by
 * HTTP at each try, which also tells whether the visitor is still signed in.
 *
 * Events: `session` (detail: SessionFacts), `clipboard` (detail: text), `refusal` (detail: text), `open`,
 * `trouble` (detail: the error of the HTTP request).
 */
export class Events extends EventTarget {
  #session;
  #backoff = new Backoff();
  /** @type {WebSocket | null} */
  #socket = null;
  #timer = 0;

  /** @param {Session} session */
  constructor(session) {
    super();
    this.#session = session;
    const now = () => this.start();
    window.addEventListener('online', now);
    window.addEventListener('pageshow', now);
    document.addEventListener('visibilitychange', now);
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connect, now if a wait is on. */
  start() {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /** Leave the connection and connect anew. */
  restart() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.start();
  }

  /**
   * Send text for the desktop's clipboard.
   *
   * @param {string} text
   * @returns {boolean} whether there was a connection to send it on
   */
  sendClipboard(text) {
    if (!this.open) return false;
    this.#socket?.send(JSON.stringify({ type: 'clipboard', text }));
    return true;
  }

  #connect() {
    const socket = new WebSocket(socketAddress('api/events'));
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#backoff.reset();
      this.dispatchEvent(new Event('open'));
    });
    socket.addEventListener('message', ({ data }) => this.#receive(data));
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#again();
    });
  }

  #again() {
    this.#socket = null;
    this.#timer = window.setTimeout(() => this.#connect(), this.#backoff.next());
    this.#session.read().then(
      (facts) => this.#tell('session', facts),
      (error) => this.#tell('trouble', error),
    );
  }

  /** @param {string} data */
  #receive(data) {
    /** @type {ServerEvent} */
    const event = JSON.parse(data);
    switch (event.type) {
      case 'session':
        this.#tell('session', event.session);
        break;
      case 'clipboard':
        this.#tell('clipboard', event.text);
        break;
      case 'error':
        this.#tell('refusal', [event.error, event.remedy].filter(Boolean).join('. '));
        break;
    }
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
