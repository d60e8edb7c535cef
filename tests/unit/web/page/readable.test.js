// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readable, withReadable } from '../../../../web/src/page/readable.js';

const [ISOLATE, END] = ['\u2068', '\u2069'];

for (const name of ['cells.tif', 'zwölf #1 100%.tif', '図 1.png', '👨‍👩‍👧.png', 'क्‍ष', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', '']) {
  test(`an ordinary name stays as it is: ${name}`, () => assert.equal(readable(name), name));
}

test('what is not seen is seen', () => {
  assert.equal(readable('photo\u202egnp.exe'), 'photo[U+202E]gnp.exe');
  assert.equal(readable('a\nb\tc\u0000\u009b\u2028'), 'a[U+000A]b[U+0009]c[U+0000][U+009B][U+2028]');
  assert.equal(readable('ce\u200blls\u00ad.tif\ufeff'), 'ce[U+200B]lls[U+00AD].tif[U+FEFF]');
  assert.equal(readable('\u2067\u2066exe\u2069.\u2069'), '[U+2067][U+2066]exe[U+2069].[U+2069]');
});

test('what is read from the right is kept apart from what stands around it', () => {
  assert.equal(readable('תאים 3.tif'), `${ISOLATE}תאים 3.tif${END}`);
  assert.equal(readable('صورة\u202e.png'), `${ISOLATE}صورة[U+202E].png${END}`);
  assert.equal(readable(`א${END}b`), `${ISOLATE}א[U+2069]b${END}`);
});

test('what has been made readable stays as it is, in a sentence too', () => {
  const name = readable('תאים.tif');
  assert.equal(readable(name), name);
  assert.equal(readable(`Delete ${name} and 2 more`), `Delete ${name} and 2 more`);
});

test('sentences make readable what is put into them', () => {
  const { files, title } = withReadable({
    title: 'Files',
    files: { remove: (/** @type {string} */ name, /** @type {number} */ count) => `Delete ${name}, ${count}`, list: (/** @type {string[]} */ names) => names.join() },
  });
  assert.equal(title, 'Files');
  assert.equal(files.remove('a\u202eb', 2), 'Delete a[U+202E]b, 2');
  assert.equal(files.list(['a\nb', 'c']), 'a[U+000A]b,c');
});
