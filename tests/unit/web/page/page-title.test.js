// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { desktopTitle } from '../../../../web/src/page/page-title.js';
import { texts } from '../../../../web/src/page/texts.js';
import { session } from './session.js';

const MAIN = { id: 1, title: 'cells.tif - napari', main: true, active: true };

test('the tab is called as the window that fills the desktop', () => {
  const windows = [{ ...MAIN, id: 2, title: 'Figure 1', main: false }, MAIN];
  assert.equal(desktopTitle(session({ windows })), 'cells.tif - napari');
});

test('without such a window, or without its title, it is called as the program', () => {
  assert.equal(desktopTitle(session()), 'napari');
  assert.equal(desktopTitle(session({ windows: [{ ...MAIN, title: '' }] })), 'napari');
  assert.equal(desktopTitle(session({ windows: [{ ...MAIN, main: false }] })), 'napari');
});

test('a title that would not be seen as it is, is', () => {
  assert.equal(desktopTitle(session({ windows: [{ ...MAIN, title: 'two\nlines\u202e' }] })), 'two[U+000A]lines[U+202E]');
});

test('what has no name has a title all the same', () => {
  assert.equal(desktopTitle(session({ app: { ...session().app, name: '' } })), texts.application);
});
