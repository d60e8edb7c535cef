// @ts-check
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { Session } from '../../../../web/src/connection/session.js';
import { authorization, keepPerson, linked, pageKey, protocols } from '../../../../web/src/connection/page-key.js';

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

test('a page is answered in its language', () => {
  Object.assign(globalThis, { document: { querySelector: () => null, documentElement: { lang: 'zh-Hans' } } });
  assert.equal(authorization()['Accept-Language'], 'zh-Hans');
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

test('a page says by which of its browser’s cookies it has come', (t) => {
  page(null);
  keepPerson({ value: 'p'.repeat(32) });
  t.after(() => Reflect.deleteProperty(globalThis, 'location'));
  for (const [search, role] of [['', 'control'], ['?a=1&as=view', 'view'], ['?as=0a1b', '0a1b'], ['?as=%22;x', 'control']]) {
    Object.assign(globalThis, { location: { search } });
    assert.equal(authorization()['X-Desktopd-As'], role);
    assert.equal(protocols('events').at(-1), `desktopd.as.${role}`);
  }
});

test('a link that the browser follows by itself says it in its address', (t) => {
  assert.equal(linked('api/files/a'), 'api/files/a');
  t.after(() => Reflect.deleteProperty(globalThis, 'location'));
  Object.assign(globalThis, { location: { search: '' } });
  assert.equal(linked('api/files/a?zip'), 'api/files/a?zip');
  Object.assign(globalThis, { location: { search: '?as=view' } });
  assert.equal(linked('api/files/a'), 'api/files/a?as=view');
  assert.equal(linked('api/files/a?zip'), 'api/files/a?zip&as=view');
});
