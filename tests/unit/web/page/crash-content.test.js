// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { ApplicationEnd, ApplicationStatus, LastWords } from '../../../../web/src/connection/server' */
/** @import { CrashFacts } from '../../../../web/src/page/crash-content.js' */

import { crashContent } from '../../../../web/src/page/crash-content.js';
import { texts } from '../../../../web/src/page/texts.js';
import { companion, end, lastWords } from './end.js';
import { session } from './session.js';

const { crash } = texts;

/**
 * @param {Partial<ApplicationEnd> | null} exit
 * @param {Partial<ApplicationStatus>} [app]
 * @param {Partial<CrashFacts>} [facts]
 */
function card(exit, app = {}, facts = {}) {
  const told = session({ app: { ...session().app, restarts: 1, exit: exit && end(exit), ...app } });
  return crashContent({ session: told, companion: companion(), words: null, read: 0, found: 0, ...facts });
}

/** @param {Parameters<typeof card>} parameters */
function shown(...parameters) {
  const content = card(...parameters);
  assert.ok(content, 'a card is shown');
  return content;
}

const restored = { layers: ['cells', 'more', 'paint'], unsaved: ['paint'], camera: true, missing: [] };

test('without an end there is no card, nor before the server has answered', () => {
  assert.equal(card(null), null);
  assert.equal(card({}, { exit: undefined }), null);
  assert.equal(crashContent({ session: null, companion: null, words: null, read: 0, found: 0 }), null);
});

test('an end that was read of is told no more, the next one is', () => {
  assert.equal(card({ time: 5 }, {}, { read: 5 }), null);
  assert.ok(card({ time: 6 }, {}, { read: 5 }));
});

test('while the session starts again the start page tells', () => {
  const starting = session({ stage: 'application', app: { ...session().app, exit: end() } });
  assert.equal(crashContent({ session: starting, companion: null, words: null, read: 0, found: 0 }), null);
});

test('a kill tells its signal, what is back and what is not', () => {
  const missing = [{ name: 'sum', reason: 'its data is in no file' }];
  const content = shown({}, { restored: { ...restored, missing } });
  assert.equal(content.title, 'napari ended unexpectedly');
  assert.match(content.lines[0] ?? '', /^At .*: Killed \(signal 9\)\.$/);
  assert.deepEqual(content.lines.slice(1), [
    'It has been started again.',
    '3 layers are back, and the camera: cells, more, paint.',
    'What had not been saved is back too: paint.',
  ]);
  assert.deepEqual([content.missing, content.report, content.start], [missing, true, false]);
});

test('many layers are counted, and the first are named', () => {
  const layers = Array.from({ length: 12 }, (_, number) => `l${number}`);
  const { lines } = shown({}, { restored: { layers, unsaved: [], camera: false, missing: [] } });
  assert.equal(lines[2], '12 layers are back: l0, l1, l2, l3, l4, l5, l6, l7 and 4 more.');
});

test('want of memory is named with its limit', () => {
  const limited = shown({ out_of_memory: true, memory_limit: 2 ** 31 });
  assert.equal(limited.title, 'napari ran out of memory');
  assert.match(limited.lines[0] ?? '', /Killed \(signal 9\)\. It may take no more than 2 GiB of memory here\.$/);
  assert.match(shown({ out_of_memory: true, memory_limit: 500 * 2 ** 20 }).lines[0] ?? '', / 500 MiB /);
  assert.match(shown({ out_of_memory: true }).lines[0] ?? '', /The machine had no memory left\.$/);
});

test('a mistake of the program itself is a crash, an exit code is not', () => {
  const crashed = shown({ signal: 'SIGSEGV', description: 'Segmentation fault (signal 11)' });
  assert.equal(crashed.title, 'napari crashed');
  const ended = shown({ signal: null, code: 3, description: 'exit code 3' }, { restarts: 4 });
  assert.equal(ended.title, 'napari ended unexpectedly');
  assert.match(ended.lines[0] ?? '', /exit code 3/);
  assert.equal(ended.lines[1], crash.startedAgain(4));
});

test('who closes it is told so kindly, without a report', () => {
  const { title, lines, report, said } = shown({ signal: null, code: 0 }, { restored: null }, { words: lastWords({ log: 'bye' }) });
  assert.deepEqual([title, lines, report, said], ['napari was closed', [crash.startedAfresh], false, '']);
});

test('an application that stays ended can be started by who has control', () => {
  const ended = { signal: null, code: 0 };
  const { lines, start } = shown(ended, { state: 'stopped' });
  assert.deepEqual([lines, start], [[crash.staysEnded], true]);
  const watched = session({ role: 'view', app: { ...session().app, state: 'stopped', exit: end(ended) } });
  assert.equal(crashContent({ session: watched, companion: null, words: null, read: 0, found: 0 })?.start, false);
});

test('a restart that was asked for is told to those who were there', () => {
  const asked = { asked: true, signal: 'SIGTERM', time: 7 };
  const content = shown(asked, { restored });
  assert.equal(content.title, 'napari was restarted');
  assert.deepEqual(content.lines, [crash.layersBack(3, 'cells, more, paint', true), crash.unsavedBack('paint')]);
  assert.equal(content.report, false);
  assert.equal(card(asked, { restored }, { found: 7 }), null);
  assert.ok(card({ time: 7 }, {}, { found: 7 }), 'a crash is told to who comes later too');
});

test('until napari is ready its layers are on their way', () => {
  assert.equal(shown({}, {}, { companion: companion({ ready: false }) }).lines[2], crash.restoring);
  assert.equal(shown({}, { restored: null }).lines[2], crash.nothingSaved);
  assert.equal(shown({}, {}, { companion: null }).lines[2], crash.unsavedLost);
});

test('the traceback comes first, then the last error, then the output', () => {
  const error = { time: 1, message: "KeyError: 'area'", traceback: 'error' };
  const all = { traceback: 'traceback', last_error: error, log: 'log' };
  const said = (/** @type {Partial<LastWords>} */ words) => shown({}, {}, { words: lastWords(words) }).said;
  assert.equal(said(all), 'traceback');
  assert.equal(said({ ...all, traceback: '' }), 'error');
  assert.equal(said({ ...all, traceback: '', last_error: null }), 'log');
  assert.equal(said({}), '');
  assert.equal(shown({}).said, '', 'before the server has answered');
});
