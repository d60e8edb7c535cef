// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { ViewerFacts } from '../../../../web/src/connection/server' */

import { sessionFacts } from '../../../../web/src/page/session-facts.js';
import { session } from './session.js';

const WINDOW = { innerWidth: 1000, innerHeight: 600, devicePixelRatio: 2 };
const PICTURE = { size: { width: 2000, height: 1200 }, scale: 0.5, programScale: 1.25, codec: null, fps: 0, exact: false };

/**
 * @param {string} path
 * @returns {ViewerFacts}
 */
function viewer(path) {
  return { id: '1', role: 'view', path, codec: null, exact: null, fps: null };
}

/** @param {Parameters<typeof sessionFacts>} facts */
function lines(...facts) {
  return Object.fromEntries(sessionFacts(...facts));
}

test('without an answer and a connection it says so', () => {
  assert.deepEqual(lines(null, null, WINDOW), {
    Session: 'The server has not answered yet',
    Connection: 'none',
    Window: '1000 × 600, pixel ratio 2',
  });
});

test('it tells the session as the server has it', () => {
  const told = lines(session({ viewers: [viewer('native'), viewer('x11vnc'), viewer('native')] }), null, WINDOW);
  assert.equal(told['Application'], '/usr/bin/napari --reset (running)');
  assert.equal(told['Display'], ':7, xvfb');
  assert.equal(told['OpenGL by'], 'software: no GPU');
  assert.equal(told['Your role'], 'full control');
  assert.equal(told['Viewers'], '3');
  assert.equal(told['Pixel path'], 'native, x11vnc', 'each path once');
});

test('it tells restarts, a missing display, a GPU and a viewer’s role', () => {
  const app = { ...session().app, restarts: 2 };
  const gpu = { renderer: /** @type {const} */ ('nvidia'), name: 'RTX', reason: '' };
  const told = lines(session({ app, gpu, display: null, role: 'view' }), null, WINDOW);
  assert.equal(told['Application'], '/usr/bin/napari --reset (running, restarted 2 times)');
  assert.deepEqual([told['Display'], told['OpenGL by'], told['Your role']], ['none yet', 'nvidia, RTX', 'view only']);
  assert.deepEqual([told['Viewers'], told['Pixel path']], ['0', 'none yet']);
});

test('it tells what is drawn, in the screen’s own pixels', () => {
  const told = lines(session(), PICTURE, WINDOW);
  assert.equal(told['Desktop size'], '2000 × 1200');
  assert.equal(told['Drawn at'], '100 % of the screen’s pixels');
  assert.equal(told['Programs draw at'], '125 %');
  const foreign = lines(session(), { ...PICTURE, programScale: null }, WINDOW);
  assert.equal(foreign['Programs draw at'], 'a size that desktopd cannot choose');
  assert.deepEqual([told['Last encoding'], told['Frames'], told['Picture']], ['none yet', '0 per second', 'in motion']);
  const exact = lines(session(), { ...PICTURE, codec: 'H.264', fps: 60, exact: true }, WINDOW);
  assert.deepEqual([exact['Last encoding'], exact['Frames'], exact['Picture']], ['H.264', '60 per second', 'exact to the pixel']);
});

test('it tells how the application draws what moves, where it has a companion', () => {
  const motion = { mode: /** @type {const} */ ('smooth'), exact: true, divisor: 1, exact_seconds: null };
  const told = (/** @type {object} */ change) => lines(session(), null, WINDOW, { ...motion, ...change })['While it moves'];
  assert.equal(lines(session(), null, WINDOW)['While it moves'], undefined);
  assert.equal(told({}), 'coarser where that is slow; exact now');
  assert.equal(
    told({ exact: false, divisor: 3, exact_seconds: 0.412 }),
    'coarser now, one pixel for 3 × 3; the last exact picture took 0.41 s',
  );
  assert.equal(told({ mode: 'exact' }), 'as the application draws it');
});
