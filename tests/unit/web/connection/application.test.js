// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */

import { Application, NoLayer, isAddress } from '../../../../web/src/connection/application.js';

const NOTHING = { open: null, layer: null, ndisplay: null };

/**
 * A server whose application opens and has layers of these names; gives the requests that change something.
 *
 * @param {TestContext} t
 * @param {{opens?: string[], has?: string[]}} names
 */
function serve(t, { opens = [], has = [] }) {
  /** @type {[string, string, any][]} */
  const changes = [];
  t.mock.method(globalThis, 'fetch', (/** @type {string} */ path, /** @type {RequestInit} */ { method, body }) => {
    if (method) changes.push([method, path, JSON.parse(String(body))]);
    const layers = (method ? opens : has).map((name) => ({ name }));
    return Promise.resolve(Response.json({ layers }));
  });
  return changes;
}

const SHOWN = { active: true, visible: true };

test('a file is opened once, and its layer shown', async (t) => {
  const changes = serve(t, { opens: ['cells'] });
  await new Application().show({ ...NOTHING, open: 'a/cells.tif', ndisplay: 3 }, { unasked: true });
  assert.deepEqual(changes, [
    ['POST', 'api/app/open', { path: 'a/cells.tif', name: null, once: true, unasked: true }],
    ['PATCH', 'api/app/layers/cells', SHOWN],
    ['PUT', 'api/app/dims', { ndisplay: 3 }],
  ]);
});

test('an address is opened as one', async (t) => {
  const changes = serve(t, {});
  await new Application().show({ ...NOTHING, open: 'https://host/a.zarr' });
  assert.deepEqual(changes.map(([, , body]) => body), [
    { url: 'https://host/a.zarr', name: null, once: true, unasked: false },
  ]);
  for (const place of ['/data/a.tif', 'a:b.tif', 'C:/a', './https://x']) assert.ok(!isAddress(place), place);
  for (const place of ['http://a', 'S3://a', 'file:///etc/passwd']) assert.ok(isAddress(place), place);
});

test('of several layers the named one is shown; a single one has the name', async (t) => {
  const changes = serve(t, { opens: ['a b/c', 'DAPI'], has: ['other'] });
  await new Application().show({ ...NOTHING, open: 'a.zarr', layer: 'a b/c' });
  assert.equal(changes[1]?.[1], 'api/app/layers/a%20b%2Fc');
  await assert.rejects(new Application().show({ ...NOTHING, open: 'a.zarr', layer: 'other' }), (error) => {
    assert.ok(error instanceof NoLayer);
    assert.deepEqual([error.layer, error.names], ['other', ['a b/c', 'DAPI']]);
    return true;
  });
  const renamed = serve(t, { opens: ['DAPI [1]'] });
  await new Application().show({ ...NOTHING, open: 'a.tif', layer: 'DAPI' });
  assert.equal(renamed[0]?.[2].name, 'DAPI');
  assert.equal(renamed[1]?.[1], 'api/app/layers/DAPI%20%5B1%5D');
});

test('without a file, a layer that is there is shown', async (t) => {
  const changes = serve(t, { has: ['cells', 'paint'] });
  await new Application().show({ ...NOTHING, layer: 'cells' });
  assert.deepEqual(changes, [['PATCH', 'api/app/layers/cells', SHOWN]]);
  await assert.rejects(new Application().show({ ...NOTHING, layer: 'none' }), NoLayer);
});
