// @ts-check
// What a session is doing, and its application, in the reader's words. The server says the same in English to programs.

/** @import { SessionFacts } from '../connection/server' */

import { texts } from './texts.js';

/**
 * What the session is doing now; why it failed stands elsewhere.
 *
 * @param {Pick<SessionFacts, 'stage' | 'services' | 'app'>} session
 */
export function stageText({ stage, services, app }) {
  const { stages } = texts;
  const name = app.name || texts.application;
  if (stage !== 'failed') return stages[stage](name);
  const failed = services.find(({ state }) => state === 'failed')?.name ?? '';
  const { display, windowManager } = texts.start;
  const names = new Map([['display', display], ['window_manager', windowManager], ['application', name], ['', texts.desktop]]);
  return stages.failed(names.get(failed) ?? failed);
}
