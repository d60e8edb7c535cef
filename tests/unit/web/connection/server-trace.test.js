// @ts-check
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { ServerTrace } from '../../../../web/src/connection/server-trace.js';

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'document');
});

test('the offset is that of the shortest round trip', async (t) => {
  Object.assign(globalThis, { document: { querySelector: () => null } });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const took = [8, 2, 6];
  t.mock.method(globalThis, 'fetch', () => {
    const heard = now + 1;
    now += took.shift() ?? 0;
    return Promise.resolve(Response.json({ now: heard * 1000 + 5000 }));
  });
  const server = new ServerTrace();
  await server.start();
  assert.equal(server.offset, 2000, 'between the halves of 8 ms');
  await server.start();
  assert.equal(server.offset, 5000);
  await server.start();
  assert.equal(server.offset, 5000);
});
