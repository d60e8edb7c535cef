// @ts-check
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { Session } from '../../../../web/src/connection/session.js';
import { authorization, keepPerson, pageKey, protocols } from '../../../../web/src/connection/page-key.js';

/** @param {string | null} content - of the element that the server puts into the page */
function page(content) {
  const querySelector = () => (content === null ? null : { content });
  Object.assign(globalThis, { document: { querySelector } });
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'document');
});

test('a page with a cookie shows nothing else', () => {
  page(null);
  assert.deepEqual([pageKey(), authorization(), protocols('binary')], ['', {}, []]);
});

test('a page with a key shows it with every request and WebSocket', async (t) => {
  page('control.1.ab');
  assert.deepEqual(authorization(), { Authorization: 'Bearer control.1.ab' });
  assert.deepEqual(protocols('binary'), ['binary', 'desktopd.bearer.control.1.ab']);
  const fetched = t.mock.method(globalThis, 'fetch', () => Promise.resolve(Response.json({ ticket: 'x' })));
  assert.equal(await new Session().ticket(), 'x');
  await new Session().putClipboard('text');
  const headers = fetched.mock.calls.map(({ arguments: [, request] }) => Object(request).headers);
  assert.deepEqual(headers, [
    authorization(),
    { ...authorization(), 'X-Desktopd': '1', 'Content-Type': 'text/plain' },
  ]);
});

test('a browser is one person, by a key that it keeps', () => {
  page(null);
  const memory = { value: /** @type {unknown} */ ({ not: 'a key' }) };
  keepPerson(memory);
  const key = String(memory.value);
  assert.match(key, /^[\w-]{32}$/);
  assert.deepEqual(authorization(), { 'X-Desktopd-Person': key });
  assert.deepEqual(protocols('events'), ['events', `desktopd.person.${key}`]);
  keepPerson(memory);
  assert.equal(memory.value, key);
  keepPerson({ value: null });
  assert.notEqual(authorization()['X-Desktopd-Person'], key);
});
