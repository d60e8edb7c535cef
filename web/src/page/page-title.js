// @ts-check
// The title of the browser's tab: what this desktop shows.

/** @import { SessionFacts } from '../connection/server' */

import { readable } from './readable.js';
import { texts } from './texts.js';

/** Whatever `parameters` say wins. */
export class PageTitle {
  #fixed;

  /** @param {{title: string, foreign: boolean}} parameters - foreign: the session says nothing about this desktop */
  constructor({ title, foreign }) {
    this.#fixed = title !== '' || foreign;
    document.title = title || texts.desktop;
  }

  /** @param {SessionFacts} session */
  set session(session) {
    if (!this.#fixed) document.title = desktopTitle(session);
  }
}

/**
 * The title of a kiosk's window, or else the program's name.
 *
 * @param {Pick<SessionFacts, 'app' | 'windows'>} session
 */
export function desktopTitle({ app, windows }) {
  const main = windows?.find((window) => window.main);
  return readable(main?.title || app.name) || texts.application;
}
