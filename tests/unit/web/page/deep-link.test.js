// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { View } from '../../../../web/src/connection/application.js' */

import { NoLayer } from '../../../../web/src/connection/application.js';
import { HttpError } from '../../../../web/src/connection/http-error.js';
import { DeepLink } from '../../../../web/src/page/deep-link.js';
import { session } from './session.js';

const READY = session({ stage: 'ready' });
const COMPANION = {
  capabilities: [],
  companion: { napari: '0.9.2', ready: true, renderer: null, saved: null },
};
const OCCUPIED = new HttpError(409, '', 'napari has 2 layers already. ask');

/** An application and a visitor, who keep what they are asked. */
class Around {
  /** @type {boolean[]} whether each request was for an empty application only */
  shown = [];
  /** @type {string[]} */
  told = [];
  /** @type {string[]} */
  asked = [];
  answer = true;
  /** @type {unknown[]} what requests end in, one after the other */
  errors = [];
  history = {
    /** @type {any} */
    state: null,
    replaceState: (/** @type {any} */ state) => void (this.history.state = state),
  };
  application = {
    show: (/** @type {View} */ _view, { unasked = false } = {}) => {
      this.shown.push(unasked);
      const error = this.errors.shift();
      return error ? Promise.reject(error) : Promise.resolve([]);
    },
  };

  /** @param {string} text */
  tell = (text) => void this.told.push(text);

  /** @param {string} question */
  ask = (question) => {
    this.asked.push(question);
    return Promise.resolve(this.answer);
  };

  /** @param {Partial<View>} view */
  link(view) {
    return new DeepLink({ open: null, layer: null, ndisplay: null, ...view }, this);
  }
}

/** Let everything happen that waits for nothing. */
const settled = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('a link is followed once, as soon as the application is ready', async () => {
  const around = new Around();
  const link = around.link({ open: 'cells.tif' });
  link.session = session({ stage: 'application' });
  link.applicationFacts = { capabilities: ['open'], companion: null };
  link.applicationFacts = { capabilities: ['open'], companion: { ...COMPANION.companion, ready: false } };
  await settled();
  assert.deepEqual(around.shown, []);
  link.applicationFacts = COMPANION;
  link.session = READY;
  link.applicationFacts = COMPANION;
  await settled();
  assert.deepEqual([around.shown, around.asked, around.told], [[true], [], []]);
});

test('an application without a companion is ready with the session', async () => {
  const around = new Around();
  around.link({ ndisplay: 3 }).session = READY;
  await settled();
  assert.deepEqual(around.shown, [true]);
});

test('an address without a link asks for nothing', async () => {
  const around = new Around();
  around.link({}).session = READY;
  await settled();
  assert.deepEqual([around.shown, around.history.state], [[], null]);
});

test('a reload does not follow a link again, and keeps what else is remembered', async () => {
  const around = new Around();
  around.history.state = { other: 1 };
  around.link({ open: 'cells.tif' }).session = READY;
  await settled();
  assert.deepEqual(around.history.state, { other: 1, followed: true });
  around.link({ open: 'cells.tif' }).session = READY;
  await settled();
  assert.equal(around.shown.length, 1);
});

test('the visitor is asked before something is added to what is open', async () => {
  for (const answer of [true, false]) {
    const around = new Around();
    around.answer = answer;
    around.errors = [OCCUPIED];
    around.link({ open: 'cells.tif' }).session = READY;
    await settled();
    assert.match(around.asked.join(), /^cells.tif is added/);
    assert.deepEqual(around.shown, answer ? [true, false] : [true]);
    assert.deepEqual(around.history.state, { followed: true }, 'a no counts too');
  }
});

test('a program is asked for first, once', async () => {
  const around = new Around();
  around.errors = [new HttpError(428, '', 'run.py is a program')];
  around.link({ open: 'run.py' }).session = READY;
  await settled();
  assert.deepEqual(around.shown, [true, false]);
  assert.match(around.asked.join(), /is a program/);
});

test('who may only watch is told so', async () => {
  const around = new Around();
  const link = around.link({ open: 'cells.tif' });
  link.refusal = 'You may only watch';
  link.session = READY;
  await settled();
  assert.deepEqual([around.shown, around.told], [[], ['You may only watch']]);
});

test('an error names the thing and the remedy, and a reload tries again', async () => {
  const around = new Around();
  around.errors = [new HttpError(403, '', 'host.org is not a host to open from. add host.org to the setting open_hosts')];
  around.link({ open: 'https://host.org/a.zarr' }).session = READY;
  await settled();
  assert.match(around.told.join(), /https:\/\/host.org\/a.zarr is not shown: host.org is not .*open_hosts/);
  assert.equal(around.history.state, null);
  around.errors = [OCCUPIED, new HttpError(422, '', 'cannot be read')];
  around.link({ open: 'cells.tif' }).session = READY;
  await settled();
  assert.match(around.told.at(-1) ?? '', /cells.tif is not shown: cannot be read/);
});

test('a layer that is not there is told with those that are', async () => {
  const around = new Around();
  around.errors = [new NoLayer('DAPI', ['cells', 'paint']), new NoLayer('DAPI', [])];
  around.link({ layer: 'DAPI' }).session = READY;
  await settled();
  around.link({ layer: 'DAPI' }).session = READY;
  await settled();
  assert.match(around.told[0] ?? '', /DAPI is not there.*cells, paint/);
  assert.match(around.told[1] ?? '', /open=/);
});
