// @ts-check
// What the page around ours asks of the desktop, and what it is told. Who that page is stands in parent-window.js.

/** @import { Application } from '../connection/application.js' */
/** @import { Session } from '../connection/session.js' */
/** @import { ParentWindow, Request } from './parent-window.js' */
/** @import { Events, Failure, Layer, Method, Methods, State } from './protocol' */

import { HttpError } from '../connection/http-error.js';

/**
 * What does the work.
 *
 * @typedef {object} Parts
 * @property {Pick<Application, 'show' | 'layers' | 'screenshot'>} application
 * @property {Pick<Session, 'screenshot' | 'resize' | 'clipboard' | 'putClipboard'>} session
 * @property {() => void} focus
 */

/** @typedef {{[M in Method]: (params: Methods[M]['params']) => Promise<Methods[M]['result']>}} Doing */

/** What may be asked by whoever may only watch. */
const WATCHING = new Set(['layers', 'screenshot', 'focus']);

/** Serves the parent's requests and tells it of changes, with the role of this page. */
export class Embedding {
  #parent;
  /** @type {Doing} */
  #doing;
  /** @type {State} */
  #state = { stage: null, message: '', connection: 'connecting', role: null };
  /** @type {Layer[] | null} */
  #layers = null;
  #refusal = '';

  /**
   * @param {ParentWindow} parent
   * @param {Parts} parts
   */
  constructor(parent, parts) {
    this.#parent = parent;
    this.#doing = doing(parts);
    parent.on('connected', () => {
      this.#tell('state', this.#state);
      if (this.#layers) this.#tell('layers', this.#layers);
    });
    parent.on('request', (request) => this.#serve(request));
  }

  /** @param {string} refusal - why nothing may be changed, empty where it may */
  set refusal(refusal) {
    this.#refusal = refusal;
  }

  /** @param {Partial<State>} change */
  set state(change) {
    const state = { ...this.#state, ...change };
    const same = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!same) this.#tell('state', state);
  }

  /** @param {Layer[]} layers */
  set layers(layers) {
    const same = JSON.stringify(layers) === JSON.stringify(this.#layers);
    this.#layers = layers;
    if (!same) this.#tell('layers', layers);
  }

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {Events[E]} data
   */
  #tell(event, data) {
    this.#parent.send(/** @type {any} */ ({ desktopd: 'event', event, data }));
  }

  /** @param {Request} request */
  async #serve({ id, method, params }) {
    try {
      this.#parent.send({ desktopd: 'answer', id, result: await this.#do(method, params ?? {}) });
    } catch (error) {
      this.#parent.send({ desktopd: 'failure', id, failure: failureOf(error) });
    }
  }

  /**
   * @param {Method} method
   * @param {any} params
   * @returns {Promise<Methods[Method]['result']>}
   */
  #do(method, params) {
    if (!Object.hasOwn(this.#doing, method)) throw new Error(`There is no request ${method}`);
    if (this.#refusal && !WATCHING.has(method)) throw new HttpError(403, '', this.#refusal);
    return this.#doing[method](params);
  }
}

/**
 * @param {Parts} parts
 * @returns {Doing}
 */
function doing({ application, session, focus }) {
  return {
    open: ({ open = null, layer = null, ndisplay = null }) => application.show({ open, layer, ndisplay }),
    layers: () => application.layers(),
    screenshot: ({ of }) => (of === 'canvas' ? application.screenshot() : session.screenshot()),
    resize: async (size) => {
      const { width, height } = await session.resize(size);
      return { width, height };
    },
    clipboard: async ({ text }) => {
      if (text !== undefined) await session.putClipboard(text);
      return session.clipboard();
    },
    focus: () => {
      focus();
      return Promise.resolve(null);
    },
  };
}

/**
 * @param {unknown} error
 * @returns {Failure}
 */
function failureOf(error) {
  if (error instanceof HttpError) return { message: error.message, status: error.status };
  if (error instanceof TypeError) return { message: 'The server does not answer', status: 0 };
  return { message: error instanceof Error ? error.message : String(error), status: 0 };
}
