// @ts-check
// What is sent and given, and what becomes of that, on a browser and a server in memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LIMITS } from '../../../../web/src/connection/clipboard-content.js';
import { FACTS, NEW, NOTHING, OLD, PNG, Visit } from './clipboard-visit.js';

test('a paste is sent in all its forms, once', async (t) => {
  const visit = new Visit(t);
  const content = { text: 'a\nb', html: '<b>a</b>', image: PNG };
  assert.equal(await visit.clipboard.offer(content), true);
  const again = { ...content, text: 'a\r\nb', image: new Blob(['picture'], { type: 'image/png' }) };
  assert.equal(await visit.clipboard.offer(again), true);
  assert.deepEqual(visit.sent, [{ known: '0', forms: { text: 'a\nb', html: '<b>a</b>', image: 'picture' } }]);
  assert.equal(visit.clipboard.desktop.text, 'a\nb');
});

test('a copy that the server knows and the page does not is no failure, as long as the news come', async (t) => {
  const visit = new Visit(t);
  visit.status = 409;
  assert.equal(await visit.clipboard.offer(OLD), true);
  await visit.copied({});
  await visit.clipboard.offer(OLD);
  assert.deepEqual([visit.sent.length, visit.told], [1, ['kept']]);
  const cut = new Visit(t);
  cut.status = 409;
  cut.events.open = false;
  assert.equal(await cut.clipboard.offer(OLD), false);
  assert.deepEqual(cut.told, ['uncertain']);
});

test('after a failure nothing is to be pasted, and the same is sent again', async (t) => {
  const visit = new Visit(t);
  visit.status = 500;
  assert.equal(await visit.clipboard.offer(NEW), false);
  assert.deepEqual(visit.told, ['failed']);
  visit.status = 204;
  assert.equal(await visit.clipboard.offer(NEW), true);
  assert.equal(visit.sent.length, 2);
});

test('what takes long is told, and can be given up', async (t) => {
  const visit = new Visit(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(globalThis, 'fetch', (/** @type {string} */ _, /** @type {RequestInit} */ { signal }) => {
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  });
  const offered = visit.clipboard.offer(NEW);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  t.mock.timers.tick(999);
  assert.deepEqual(visit.told, []);
  t.mock.timers.tick(1);
  assert.deepEqual(visit.told, ['slow']);
  visit.clipboard.giveUp();
  assert.equal(await offered, false);
  assert.deepEqual(visit.told, ['slow']);
});

test('what is too large, or of no kind that is taken, is refused each time, and the rest is sent', async (t) => {
  const visit = new Visit(t);
  const image = new Blob(['x'.repeat(LIMITS.image + 1)], { type: 'image/png' });
  assert.equal(await visit.clipboard.send({ ...NOTHING, image }), false);
  assert.equal(await visit.clipboard.send({ ...NEW, image }), true);
  assert.deepEqual(visit.told, ['size', 'size']);
  assert.deepEqual(visit.sent, [{ known: null, forms: { text: 'new' } }]);
  for (const content of [{ ...NOTHING, text: 'x'.repeat(LIMITS.text + 1) }, { ...NOTHING, other: 'application/pdf' }]) {
    const other = new Visit(t);
    for (let time = 0; time < 2; time += 1) assert.equal(await other.clipboard.offer(content), false);
    assert.deepEqual(other.told, Array(2).fill(content.text ? 'size' : 'kind'));
    await other.copied({});
    assert.equal(await other.clipboard.offer(content), true, 'older than this copy');
    assert.deepEqual(other.sent, []);
  }
});

test('what the user chose is sent although it is what was seen', async (t) => {
  const visit = new Visit(t);
  await visit.clipboard.offer(OLD);
  await visit.copied({});
  assert.equal(await visit.clipboard.send(OLD), true);
  assert.equal(visit.sent.length, 2);
});

test('a copy on the desktop is given to the browser in all its forms', async (t) => {
  const visit = new Visit(t);
  visit.allowed = { read: true, write: true };
  visit.serial = 5;
  await visit.copied({ html: true, image: FACTS });
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied', 'text/html': '<b>copied</b>', 'image/png': 'picture' });
  await visit.happen('focus');
  assert.deepEqual(visit.sent, [], 'and does not come back');
});

test('a copy from before is not given to the browser, one while the user is elsewhere at the next chance', async (t) => {
  const visit = new Visit(t);
  visit.allowed.write = true;
  await visit.stands({});
  await visit.happen('pointerup');
  visit.focused = false;
  await visit.copied({ serial: 6 });
  assert.deepEqual(await visit.has(), {});
  visit.focused = true;
  await visit.happen('pointerup');
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' });
});

test('the keys of a shortcut bring nothing: what this computer has may be about to be pasted', async (t) => {
  const visit = new Visit(t);
  visit.focused = false;
  await visit.stands();
  await visit.copied({});
  visit.focused = visit.allowed.write = true;
  await visit.happen('keydown', { key: 'Control', ctrlKey: true });
  await visit.happen('keydown', { key: 'v', ctrlKey: true });
  await visit.happen('keydown', { key: 'Insert', shiftKey: true });
  assert.deepEqual(await visit.has(), {});
  await visit.happen('keydown', { key: 'a' });
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' });
});

test('a copy that the browser refuses waits for the next key or click', async (t) => {
  const visit = new Visit(t);
  await visit.copied({});
  assert.deepEqual(visit.told, ['kept']);
  visit.allowed.write = true;
  await visit.happen('keydown');
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' });
});

test('long after a key the browser, which would ask the user, is not given anything before the next one', async (t) => {
  const visit = new Visit(t);
  visit.allowed.write = true;
  visit.userActivation.isActive = false;
  await visit.copied({});
  await visit.happen('keydown');
  assert.deepEqual([visit.told, await visit.has()], [['waiting'], {}], 'a key that does not count');
  visit.userActivation.isActive = true;
  await visit.happen('keydown');
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' });
  visit.userActivation.isActive = false;
  visit.allowed.read = true;
  await visit.copied({ serial: 6, text: 'with permission' });
  assert.deepEqual(await visit.has(), { 'text/plain': 'with permission' });
});

test('with permission a picture is sent when the window gets the focus, and keys can wait for it', async (t) => {
  const visit = new Visit(t);
  await visit.stands();
  visit.allowed.read = true;
  visit.here = { 'image/png': PNG };
  const focused = visit.happen('focus');
  assert.ok(visit.clipboard.passing);
  await visit.clipboard.passing;
  assert.deepEqual(visit.sent, [{ known: '0', forms: { image: 'picture' } }]);
  await focused;
  assert.equal(visit.clipboard.passing, null);
});

test('a copy that waited while the user was elsewhere comes when the page may look for something newer', async (t) => {
  const visit = new Visit(t);
  await visit.stands();
  visit.allowed.read = true;
  await visit.copied({});
  await visit.happen('blur');
  visit.allowed.write = true;
  await visit.happen('focus');
  assert.deepEqual([await visit.has(), visit.sent], [{ 'text/plain': 'copied' }, []]);
  visit.allowed.write = false;
  await visit.copied({ serial: 6, text: 'older' });
  await visit.happen('blur');
  visit.allowed.write = true;
  visit.here = { 'text/plain': new Blob(['newer']) };
  await visit.happen('focus');
  assert.deepEqual(await visit.has(), { 'text/plain': 'newer' });
  assert.deepEqual(visit.sent, [{ known: '6', forms: { text: 'newer' } }]);
});

test('where the page may not look, what waited takes the place of nothing that was copied elsewhere', async (t) => {
  const visit = new Visit(t);
  await visit.copied({});
  await visit.happen('blur');
  visit.allowed.write = true;
  visit.here = { 'text/plain': new Blob(['newer']) };
  await visit.happen('focus');
  await visit.happen('pointerup');
  assert.deepEqual([await visit.has(), visit.told], [{ 'text/plain': 'newer' }, ['kept', 'kept']]);
  assert.equal(await visit.clipboard.copy(), true, 'but the user can have it');
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' });
});

test('what the browser did not take since the user has left at once comes at the next key after the return', async (t) => {
  for (const leave of ['copied', 'keydown']) {
    const visit = new Visit(t);
    visit.userActivation.isActive = leave === 'copied';
    visit.leaving = true;
    await visit.copied({});
    visit.userActivation.isActive = true;
    if (leave === 'keydown') await visit.happen('keydown');
    visit.leaving = false;
    // The key is still waited with when the user is gone again.
    visit.window.dispatchEvent(new Event('focus'));
    visit.window.dispatchEvent(new Event('keydown'));
    visit.focused = false;
    await visit.happen('blur');
    visit.focused = true;
    await visit.happen('focus');
    visit.allowed.write = true;
    await visit.happen('keydown', { key: 'a' });
    assert.deepEqual([await visit.has(), visit.told.includes('kept')], [{ 'text/plain': 'copied' }, false], leave);
  }
});

test('without control nothing is sent', async (t) => {
  const visit = new Visit(t);
  visit.clipboard.enabled = false;
  await visit.clipboard.offer(NEW);
  assert.equal(await visit.clipboard.send(NEW), false);
  assert.deepEqual(visit.sent, []);
});
