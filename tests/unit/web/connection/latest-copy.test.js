// @ts-check
// Which of two copies is the newer one, on a browser and a server in memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FACTS, NEW, OLD, Visit } from './clipboard-visit.js';

test('what was seen before a copy on the desktop does not take its place, what is newer does', async (t) => {
  const visit = new Visit(t);
  await visit.clipboard.offer(OLD);
  await visit.copied({ serial: 5, kind: 'image', image: FACTS, text: '' });
  assert.equal(await visit.clipboard.offer(OLD), true, 'the key pastes the picture');
  assert.equal(visit.sent.length, 1);
  visit.serial = 5;
  await visit.clipboard.offer(NEW);
  assert.deepEqual(visit.sent[1], { known: '5', forms: { text: 'new' } });
  assert.equal(visit.clipboard.desktop.serial, 6);
});

test('what was never seen is older than a copy that came meanwhile, also while the window was away', async (t) => {
  for (const focused of [true, false]) {
    const visit = new Visit(t);
    visit.focused = focused;
    await visit.stands();
    await visit.copied({});
    visit.focused = true;
    assert.equal(await visit.clipboard.offer(OLD), true);
    assert.deepEqual(visit.sent, []);
  }
});

test('a page that comes sends nothing by itself; what the user pastes is sent', async (t) => {
  const visit = new Visit(t);
  visit.allowed.read = true;
  visit.here = { 'text/plain': new Blob(['old']) };
  await visit.stands({});
  await visit.happen('focus');
  await visit.clipboard.offer(OLD);
  assert.deepEqual(visit.sent, [], 'what it found is older than what stands there');
  const unseen = new Visit(t);
  await unseen.stands({});
  await unseen.clipboard.offer(OLD);
  assert.equal(unseen.sent.length, 1, 'nobody can tell: it is what the user wants');
});

test('what an earlier visit has seen is not newer, what was copied since is, once it is pasted', async (t) => {
  const earlier = new Visit(t);
  await earlier.clipboard.offer(OLD);
  const later = new Visit(t, earlier);
  await later.stands({});
  await later.clipboard.offer(OLD);
  assert.deepEqual(later.sent, []);
  const last = new Visit(t, later);
  last.allowed.read = true;
  last.here = { 'text/plain': new Blob(['new']) };
  await last.stands({});
  await last.happen('focus');
  assert.deepEqual(last.sent, []);
  await last.clipboard.offer(NEW);
  assert.equal(last.sent.length, 1);
  assert.ok(![...last.kept.values()].some((value) => /old|new/.test(value)), 'no text is kept');
});

test('files copied on the desktop stay there too', async (t) => {
  const visit = new Visit(t);
  await visit.clipboard.offer(OLD);
  await visit.copied({ kind: 'files', text: '', files: ['/data/a.tif'] });
  await visit.clipboard.offer(OLD);
  assert.equal(visit.sent.length, 1);
  assert.deepEqual(visit.told, [], 'and are nothing for the browser');
});

test('when nothing is on the desktop any more, what was seen is sent again', async (t) => {
  const visit = new Visit(t);
  await visit.clipboard.offer(OLD);
  await visit.copied({ serial: 6, kind: 'nothing', text: '' });
  await visit.clipboard.offer(OLD);
  assert.equal(visit.sent.length, 2);
});

test('a connection that comes back brings news only where something has changed', async (t) => {
  const visit = new Visit(t);
  visit.allowed.write = true;
  await visit.stands();
  await visit.clipboard.offer(NEW);
  visit.events.emit('opened');
  await visit.copied({ serial: 1, text: 'new', standing: true });
  assert.deepEqual(await visit.has(), {});
  visit.events.emit('opened');
  await visit.copied({ serial: 1, text: 'copied', standing: true });
  assert.deepEqual(await visit.has(), { 'text/plain': 'copied' }, 'also of a server that counts anew');
});

test('the news of an older copy, or of what was sent, do not take the place of what was sent', async (t) => {
  const visit = new Visit(t);
  visit.allowed.write = true;
  visit.serial = 8;
  await visit.clipboard.offer(NEW);
  await visit.copied({ serial: 7, text: 'older' });
  await visit.copied({ serial: 9, text: 'new' });
  assert.equal(visit.clipboard.desktop.text, 'new');
  assert.deepEqual(await visit.has(), {});
});

test('what another viewer has put comes here too', async (t) => {
  const visit = new Visit(t);
  visit.allowed.write = true;
  await visit.clipboard.offer(NEW);
  await visit.copied({ serial: 2, text: 'of another viewer' });
  assert.deepEqual(await visit.has(), { 'text/plain': 'of another viewer' });
});

test('on return, what was copied here meanwhile goes to the desktop, else what was copied there comes', async (t) => {
  for (const [here, has] of [['old', 'copied'], ['new', 'new']]) {
    const visit = new Visit(t);
    visit.allowed = { read: true, write: true };
    visit.here = { 'text/plain': new Blob(['old']) };
    await visit.stands();
    visit.focused = false;
    await visit.copied({});
    visit.here = { 'text/plain': new Blob([String(here)]) };
    visit.serial = 5;
    visit.focused = true;
    await visit.happen('focus');
    assert.deepEqual(await visit.has(), { 'text/plain': has });
    assert.equal(visit.clipboard.desktop.text, has);
  }
});
