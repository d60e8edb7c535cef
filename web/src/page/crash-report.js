// @ts-check
// A crash for whoever is asked to mend it, as plain text in English. Nothing that lets anybody in stands in it.

/** @import { ApplicationEnd, ApplicationStatus, CompanionFacts, LastWords, SessionFacts } from '../connection/server' */

const SECRETS = [
  /(\/\/)[^\s/@'"]+(?=@)/g,
  /(\b(?:bearer|basic)\s+)[\w.~+/=-]+/gi,
  /((?:token|ticket|password|passwd|secret|signature|credentials?|cookie|authorization|[a-z]*_?key|\bsig)["']?\s*(?:=|%3d|:)\s*["']?)(?!bearer|basic)[^\s&;"',)]+/gi,
];

/**
 * The report; empty where nothing has ended.
 *
 * @param {SessionFacts} session
 * @param {CompanionFacts | null} companion
 * @param {LastWords | null} words
 * @param {string} browser - its user agent
 */
export function crashReport(session, companion, words, browser) {
  const end = session.app.exit;
  if (!end) return '';
  const { traceback = '', last_error: error = null, log = '' } = words ?? {};
  const facts = [...machineFacts(session, companion), ...endFacts(session.app, end), `browser: ${browser}`];
  const parts = [
    part('Traceback', traceback),
    error && part(`Last error before it, ${timeText(error.time)}`, error.traceback),
    part('Last lines of its output', log),
  ];
  return withoutSecrets(`${[...facts, ...parts].filter(Boolean).join('\n')}\n`);
}

/**
 * @param {ApplicationStatus} app
 * @param {ApplicationEnd} end
 */
function endFacts({ command, restarts, restored }, { code, signal, time, out_of_memory: outOfMemory, memory_limit: limit }) {
  const how = signal ?? (code === null ? 'not known' : `exit code ${code}`);
  return [
    `command: ${command}`,
    `end: ${how}, ${timeText(time)}`,
    outOfMemory && `out of memory: ${limit === null ? 'without a limit' : `limit ${limit} bytes`}`,
    `restarts: ${restarts}`,
    restored && `restored: ${restored.layers.join(', ') || 'nothing'}`,
    ...(restored?.missing ?? []).map(({ name, reason }) => `not restored: ${name}: ${reason}`),
  ];
}

/**
 * @param {SessionFacts} session
 * @param {CompanionFacts | null} companion
 */
function machineFacts({ version, display, gpu }, companion) {
  return [
    `desktopd: ${version}`,
    companion && `napari: ${companion.napari}`,
    `OpenGL: ${companion?.renderer || [gpu.renderer, gpu.name].filter(Boolean).join(', ')}`,
    display && `display: ${display.backend}, ${display.width}x${display.height}`,
  ];
}

/**
 * @param {string} title
 * @param {string} text
 */
function part(title, text) {
  return text && `\n${title}:\n${text.trimEnd()}`;
}

/** @param {number} seconds - since 1970 */
function timeText(seconds) {
  return new Date(seconds * 1000).toISOString();
}

/**
 * A text without tokens, passwords and the like, as they stand in addresses, headers and assignments.
 *
 * @param {string} text
 */
export function withoutSecrets(text) {
  return SECRETS.reduce((left, secret) => left.replace(secret, '$1…'), text);
}
