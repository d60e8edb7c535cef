// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { StartFacts } from '../../../../web/src/page/start-content.js' */

import { startContent } from '../../../../web/src/page/start-content.js';
import { texts } from '../../../../web/src/page/texts.js';
import { service, session } from './session.js';

/** @param {Partial<StartFacts>} facts */
function view(facts) {
  /** @type {StartFacts} */
  const nothing = { session: null, connection: 'connecting', trouble: '', fault: '', foreign: false, seen: false, waited: 0 };
  return startContent({ ...nothing, ...facts });
}

/** @param {Partial<StartFacts>} facts */
function states(facts) {
  return view(facts).steps.map(({ state }) => state);
}

test('before the server has answered it is asked', () => {
  const { shown, title, message, error, log, retry, connect } = view({});
  assert.deepEqual([shown, title, message], [true, texts.desktop, texts.start.asking]);
  assert.deepEqual([error, log, retry, connect], ['', '', false, '']);
  assert.deepEqual(states({}), ['waiting', 'waiting', 'waiting', 'waiting']);
});

test('steps are done, active or waiting by the stage', () => {
  const { steps, title, message } = view({ session: session({ stage: 'application', message: 'Starting napari' }) });
  assert.deepEqual(
    steps.map(({ text, state }) => `${text}: ${state}`),
    ['Display: done', 'Window manager: done', 'napari: active', 'First picture: waiting'],
  );
  assert.deepEqual([title, message], ['napari', 'Starting napari']);
  assert.deepEqual(states({ session: session({ stage: 'display' }) }), ['active', 'waiting', 'waiting', 'waiting']);
  assert.deepEqual(states({ session: session() }), ['done', 'done', 'done', 'done']);
});

test('an application without a name is still spoken of', () => {
  const app = { ...session().app, name: '' };
  assert.equal(view({ session: session({ stage: 'application', app }) }).title, texts.application);
});

test('it goes once the desktop has been seen, and comes back when the session has to start again', () => {
  assert.equal(view({ session: session(), connection: 'connecting' }).shown, true);
  const seen = { connection: /** @type {const} */ ('connected'), seen: true };
  assert.equal(view({ session: session(), ...seen }).shown, false);
  const again = view({ session: session({ stage: 'application' }), ...seen });
  assert.deepEqual([again.shown, again.steps.length], [true, 4]);
});

test('a connection lost later does not bring it back; one that has ended does', () => {
  const facts = { session: session(), seen: true };
  assert.equal(view({ ...facts, connection: 'reconnecting' }).shown, false);
  const ended = view({ ...facts, connection: 'disconnected' });
  assert.deepEqual([ended.shown, ended.message, ended.connect], [true, texts.start.ended, texts.start.reconnect]);
  assert.deepEqual(ended.steps, []);
});

test('a page that waits to be told offers to connect', () => {
  const { connect, message } = view({ session: session(), connection: 'disconnected' });
  assert.deepEqual([connect, message], [texts.start.connect, '']);
});

test('trouble with the server is said before all else', () => {
  const { message } = view({ session: session({ message: 'starting' }), trouble: 'no answer', connection: 'disconnected' });
  assert.equal(message, 'no answer');
});

test('an application that failed shows its error and log, and who controls it may retry', () => {
  const app = { name: 'napari', command: 'napari', state: /** @type {const} */ ('failed'), restarts: 3, error: 'exited with status 3', log: 'ImportError' };
  const services = [service('display', 'running'), service('application', 'failed', 'not this one')];
  const failed = session({ stage: 'failed', services, app });
  const { message, error, log, retry, steps } = view({ session: failed });
  assert.deepEqual([error, log, retry, steps], ['exited with status 3', 'ImportError', true, []]);
  assert.equal(message, texts.start.gaveUp);
  assert.equal(view({ session: { ...failed, role: 'view' } }).retry, false);
});

test('another service that failed shows its error, and cannot be retried from here', () => {
  const services = [service('display', 'failed', 'no free display'), service('application', 'failed')];
  const { error, log, retry } = view({ session: session({ stage: 'failed', services }) });
  assert.deepEqual([error, log, retry], ['no free display', '', false]);
});

test('a service that is started again after a failure shows why, but none that merely waits', () => {
  const waits = service('window_manager', 'backoff');
  const again = service('display', 'backoff', 'it was killed');
  assert.equal(view({ session: session({ stage: 'display', services: [waits, again] }) }).error, 'it was killed');
  assert.equal(view({ session: session({ stage: 'display', services: [waits] }) }).error, '');
});

test('failures of a session that is ready are not shown', () => {
  const services = [service('application', 'backoff', 'old')];
  assert.equal(view({ session: session({ services }) }).error, '');
});

test('of another desktop the stages of this session say nothing', () => {
  const failed = session({ stage: 'failed', services: [service('display', 'failed', 'ours')] });
  const { title, steps, error, message } = view({ session: failed, foreign: true });
  assert.deepEqual([title, steps, error, message], [texts.desktop, [], '', texts.start.connecting]);
});

test('a wait is counted, and what takes long shows what it prints', () => {
  const starting = session({ stage: 'application', app: { ...session().app, state: 'starting', log: 'loading plugins' } });
  const { waited, log } = view({ session: starting, waited: 2 });
  assert.deepEqual([waited, log], ['', '']);
  assert.equal(view({ session: starting, waited: 7 }).waited, texts.start.waited(7));
  assert.deepEqual(view({ session: starting, waited: 12 }).log, 'loading plugins');
  assert.equal(view({ session: starting, waited: 12, connection: 'disconnected' }).waited, '');
});
