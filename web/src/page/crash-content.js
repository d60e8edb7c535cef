// @ts-check
// What the crash card says, as values. Its words stand in texts/, its elements in crash-card.js.

/** @import { ApplicationEnd, ApplicationStatus, CompanionFacts, LastWords, SessionFacts } from '../connection/server' */

import { locale, texts } from './texts.js';

/**
 * What the page knows.
 *
 * @typedef {object} CrashFacts
 * @property {SessionFacts | null} session - null before the server has answered
 * @property {CompanionFacts | null} companion - null while the application has none
 * @property {LastWords | null} words - of the last end, null before the server was asked for them
 * @property {number} read - the time of the end that the visitor has read of, 0 for none
 * @property {number} found - the time of the end that had been when the page was opened, 0 for none
 */

/**
 * @typedef {object} CrashContent
 * @property {string} title
 * @property {string[]} lines
 * @property {{name: string, reason: string}[]} missing - layers that are not back
 * @property {string} said - the last traceback or output, empty for none
 * @property {string} saidTitle - what that is
 * @property {boolean} report - whether there is something to report
 * @property {boolean} start - whether the visitor may start the application, which stays ended
 */

/** Signals by which a program ends of its own mistake (signal(7)). */
const CRASHES = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGSYS'];
const NAMED = 8;

/**
 * What the card shows; null for no card.
 *
 * @param {CrashFacts} facts
 * @returns {CrashContent | null}
 */
export function crashContent(facts) {
  const { session, read, found } = facts;
  const end = session?.app.exit;
  // While the session starts, the start page tells what it waits for.
  if (!session || !end || session.stage !== 'ready' || end.time === read) return null;
  // A restart that somebody asked for is news for those who were there.
  if (end.asked && end.time === found) return null;
  const name = session.app.name || texts.application;
  const unexpected = isUnexpected(end);
  return {
    title: titleOf(end, name),
    lines: [howText(end), againText(end, session.app), ...restoredLines(facts, end)].filter(Boolean),
    missing: session.app.restored?.missing ?? [],
    ...(unexpected && facts.words ? lastWords(facts.words) : { said: '', saidTitle: '' }),
    report: unexpected,
    start: session.role === 'control' && session.app.state === 'stopped',
  };
}

/**
 * Whether neither the visitor nor the program itself meant to end.
 *
 * @param {ApplicationEnd} end
 */
function isUnexpected(end) {
  return !end.asked && end.code !== 0;
}

/**
 * @param {ApplicationEnd} end
 * @param {string} name
 */
function titleOf(end, name) {
  const { crash } = texts;
  if (end.asked) return crash.restarted(name);
  if (end.code === 0) return crash.closed(name);
  if (end.out_of_memory) return crash.outOfMemory(name);
  return (end.signal && CRASHES.includes(end.signal) ? crash.crashed : crash.ended)(name);
}

/** @param {ApplicationEnd} end */
function howText(end) {
  const { crash } = texts;
  if (!isUnexpected(end)) return '';
  const how = crash.how(end.description, clockText(end.time));
  if (!end.out_of_memory) return how;
  return `${how} ${end.memory_limit === null ? crash.noMemory : crash.memoryLimit(memoryText(end.memory_limit))}`;
}

/**
 * @param {ApplicationEnd} end
 * @param {ApplicationStatus} app
 */
function againText(end, app) {
  const { crash } = texts;
  if (app.state === 'stopped') return crash.staysEnded;
  if (end.asked) return '';
  return end.code === 0 ? crash.startedAfresh : crash.startedAgain(app.restarts);
}

/**
 * @param {CrashFacts} facts
 * @param {ApplicationEnd} end
 * @returns {string[]}
 */
function restoredLines({ session, companion }, end) {
  const { crash } = texts;
  const { restored, state } = session?.app ?? {};
  if (state === 'stopped' || (end.code === 0 && !end.asked)) return [];
  if (!companion) return end.asked ? [] : [crash.unsavedLost];
  if (!companion.ready) return [crash.restoring];
  if (!restored) return [crash.nothingSaved];
  const { layers, unsaved, camera } = restored;
  return [
    layers.length > 0 ? crash.layersBack(layers.length, listText(layers), camera) : '',
    unsaved.length > 0 ? crash.unsavedBack(listText(unsaved)) : '',
  ];
}

/** @param {LastWords} words */
function lastWords({ traceback, last_error: error, log }) {
  const { crash } = texts;
  if (traceback) return { said: traceback, saidTitle: crash.traceback };
  if (error) return { said: error.traceback, saidTitle: crash.lastError(clockText(error.time)) };
  return { said: log, saidTitle: crash.output };
}

/** @param {number} bytes - of memory, which is limited in powers of two */
function memoryText(bytes) {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${Math.round(mebibytes)} MiB` : `${Number((mebibytes / 1024).toPrecision(3))} GiB`;
}

/** @param {string[]} names */
function listText(names) {
  const { list } = texts.crash;
  return list(names.slice(0, NAMED), Math.max(0, names.length - NAMED));
}

/** @param {number} seconds - since 1970 */
function clockText(seconds) {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(seconds * 1000);
}
