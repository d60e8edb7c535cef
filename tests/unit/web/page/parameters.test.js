// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** @import { TestContext } from 'node:test' */

import { Parameters } from '../../../../web/src/page/parameters.js';

/**
 * @param {TestContext} t
 * @param {string} address - from the path on
 */
function read(t, address) {
  const warn = t.mock.method(console, 'warn', () => {});
  const parameters = new Parameters(new URL(`http://host/${address}`));
  return { parameters, warnings: warn.mock.calls.map(({ arguments: [text] }) => String(text)) };
}

test('an address without parameters has noVNC’s defaults', (t) => {
  const { parameters, warnings } = read(t, 'vnc.html');
  const { autoconnect, viewOnly, clip, bar, sharpness, quality, compression, resize, path, title } = parameters;
  assert.deepEqual(
    { autoconnect, viewOnly, clip, bar, sharpness, quality, compression, resize, path, title },
    {
      ...{ autoconnect: true, viewOnly: false, clip: false, bar: true, sharpness: null },
      ...{ quality: 6, compression: 2, resize: 'remote', path: 'websockify', title: '' },
    },
  );
  assert.deepEqual([parameters.reconnect, parameters.reconnectDelay, parameters.foreign], [true, 1000, false]);
  assert.deepEqual(warnings, []);
});

test('flags have several words, in any case, and none at all', (t) => {
  for (const yes of ['view_only', 'view_only=', 'view_only=1', 'view_only=True', 'view_only=on', 'view_only=yes']) {
    assert.equal(read(t, `?${yes}`).parameters.viewOnly, true, yes);
  }
  for (const no of ['0', 'false', 'NO', 'off']) assert.equal(read(t, `?autoconnect=${no}`).parameters.autoconnect, false, no);
});

test('the hash wins over the query', (t) => {
  const { parameters } = read(t, '?quality=3&resize=off#quality=8');
  assert.deepEqual([parameters.quality, parameters.resize], [8, 'off']);
});

test('numbers keep to their limits', (t) => {
  assert.equal(read(t, '?quality=0').parameters.quality, 0);
  assert.equal(read(t, '?quality=9').parameters.quality, 9);
  for (const bad of ['10', '-1', '3.5', '', 'best', '0x1']) {
    const { parameters, warnings } = read(t, `?quality=${bad}`);
    assert.equal(parameters.quality, 6, bad);
    assert.deepEqual(warnings, [`URL parameter quality=${bad}: expected a whole number from 0 to 9; using 6`]);
  }
});

test('a value that is none of the choices names them', (t) => {
  const { parameters, warnings } = read(t, '?resize=maybe');
  assert.equal(parameters.resize, 'remote');
  assert.deepEqual(warnings, ['URL parameter resize=maybe: expected remote, scale, off; using remote']);
});

test('what the application is to show is asked for by open, layer and ndisplay', (t) => {
  assert.deepEqual(read(t, '').parameters.view, { open: null, layer: null, ndisplay: null });
  assert.deepEqual(read(t, '?open=/data/a%20b.tif&layer=DAPI&ndisplay=3').parameters.view, {
    ...{ open: '/data/a b.tif', layer: 'DAPI', ndisplay: 3 },
  });
  assert.equal(read(t, '?open=https%3A%2F%2Fhost%2Fa.zarr%3Fb%3D1%26c').parameters.view.open, 'https://host/a.zarr?b=1&c');
  const { parameters, warnings } = read(t, '?open=&ndisplay=4');
  assert.deepEqual(parameters.view, { open: null, layer: null, ndisplay: null });
  assert.match(warnings[0] ?? '', /ndisplay=4: expected a whole number from 2 to 3/);
});

test('noVNC’s older names still work', (t) => {
  assert.equal(read(t, '?scale=1').parameters.resize, 'scale');
  assert.equal(read(t, '?scale=1&resize=off').parameters.resize, 'off');
  assert.equal(read(t, '?view_clip=1').parameters.clip, true);
  assert.equal(read(t, '?view_clip=1&clip=0').parameters.clip, false);
});

test('a path with a token leads to another desktop', (t) => {
  assert.equal(read(t, '?path=websockify%3Ftoken%3Dada').parameters.foreign, true);
  assert.equal(read(t, '?path=websockify%3Fother%3Dada').parameters.foreign, false);
  assert.equal(read(t, '?path=').parameters.path, 'websockify');
});
