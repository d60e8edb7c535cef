// @ts-check
// What the start page says, as values. Its words stand in texts/, its elements in start-page.js.

/** @import { ConnectionState } from '../connection/desktop-connection.js' */
/** @import { ServiceFacts, SessionFacts, Stage } from '../connection/server' */

import { stageText } from './stage-text.js';
import { texts } from './texts.js';

/**
 * What the page knows.
 *
 * @typedef {object} StartFacts
 * @property {SessionFacts | null} session - null before the server has answered
 * @property {ConnectionState} connection - to the desktop
 * @property {string} trouble - why the server's answer is missing, empty where it is not
 * @property {string} fault - which part of the way to the desktop is broken, empty where none is known to be
 * @property {boolean} foreign - the desktop is not this server's own session, whose stages say nothing about it
 * @property {boolean} seen - whether the desktop has been seen
 * @property {number} waited - for how long this has been shown, seconds
 */

/** @typedef {'done' | 'active' | 'waiting'} StepState */

/**
 * @typedef {object} StartContent
 * @property {boolean} shown
 * @property {string} title
 * @property {{text: string, state: StepState}[]} steps - empty where they say nothing
 * @property {string} message
 * @property {string} waited - for how long, empty where that says nothing
 * @property {string} error - why a service failed, empty where none did
 * @property {string} log - the application's last lines, when it is what failed or takes long
 * @property {boolean} retry - whether the visitor may start the application again
 * @property {string} connect - the button that connects, empty for none
 */

/** @type {Stage[]} */
const STAGES = ['display', 'window_manager', 'application', 'first_frame', 'ready'];

// Seconds after which a wait is counted, and after which what the application prints is shown.
const TOLD_AFTER = 3;
const LOG_AFTER = 10;

/**
 * What the start page shows.
 *
 * @param {StartFacts} facts
 * @returns {StartContent}
 */
export function startContent(facts) {
  const { session, connection, foreign, seen } = facts;
  const failed = failedService(facts);
  const ended = connection === 'disconnected';
  const waits = !ended && failed?.state !== 'failed';
  return {
    // A connection lost later is told by the page's notice, above the last picture.
    shown: !(seen && isReady(facts) && !ended),
    title: session && !foreign ? session.app.name || texts.application : texts.desktop,
    steps: steps(facts),
    message: message(facts, failed),
    waited: waits && facts.waited >= TOLD_AFTER ? texts.start.waited(facts.waited) : '',
    error: failed?.error ?? '',
    log: failed?.name === 'application' || (waits && facts.waited >= LOG_AFTER) ? (session?.app.log ?? '') : '',
    retry: session?.role === 'control' && failed?.name === 'application' && failed.state === 'failed',
    connect: !ended ? '' : seen ? texts.start.reconnect : texts.start.connect,
  };
}

/**
 * Whether there is nothing to wait for but the connection.
 *
 * @param {StartFacts} facts
 */
export function isReady({ session, foreign }) {
  return foreign || session?.stage === 'ready';
}

/**
 * @param {StartFacts} facts
 * @returns {StartContent['steps']}
 */
function steps(facts) {
  const { session, foreign, seen } = facts;
  const reached = STAGES.indexOf(session?.stage ?? 'display');
  if (reached < 0 || foreign || (seen && isReady(facts))) return [];
  const { display, windowManager, application, firstPicture } = texts.start;
  const program = session ? session.app.name || texts.application : application;
  return [display, windowManager, program, firstPicture].map((text, step) => ({
    text,
    state: step < reached ? 'done' : step === reached && session ? 'active' : 'waiting',
  }));
}

/**
 * @param {StartFacts} facts
 * @param {ReturnType<typeof failedService>} failed
 */
function message(facts, failed) {
  const { session, connection, trouble, fault, seen } = facts;
  if (fault || trouble) return fault || trouble;
  if (connection === 'disconnected') return seen ? texts.start.ended : '';
  if (isReady(facts)) return texts.start.connecting;
  // The error beside it says why.
  if (failed?.name === 'application' && failed.state === 'failed') return texts.start.gaveUp;
  return session ? stageText(session) : texts.start.asking;
}

/**
 * What has failed, or is being started again after a failure.
 *
 * @param {StartFacts} facts
 * @returns {Pick<ServiceFacts, 'name' | 'state' | 'error'> | undefined}
 */
function failedService(facts) {
  if (!facts.session || isReady(facts)) return undefined;
  const { services, app } = facts.session;
  const all = services.map((service) => (service.name === 'application' ? { ...service, error: app.error } : service));
  return all.find(({ state }) => state === 'failed') ?? all.find(({ state, error }) => state === 'backoff' && error);
}
