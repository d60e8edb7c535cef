// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** @import { Texts } from '../../../../web/src/page/texts.js' */

import { textOf } from '../../../../web/src/page/fill-texts.js';
import { texts, textsFor } from '../../../../web/src/page/texts.js';

const INDEX = readFileSync(new URL('../../../../web/index.html', import.meta.url), 'utf8');

test('a reader whose languages there are not gets English', () => {
  assert.equal(textsFor([]).language, 'en');
  assert.equal(textsFor(['tlh', 'eo-001']).language, 'en');
  assert.equal(textsFor(['tlh', 'en-GB']).language, 'en');
});

test('every name in index.html is that of a text', () => {
  const names = [...INDEX.matchAll(/data-(?:text|label)="([^"]*)"/g)].map(([, name = '']) => name);
  assert.ok(names.length > 20);
  for (const name of names) assert.notEqual(textOf(texts, name), '', name);
});

test('a name that is none is an error that tells it', () => {
  for (const name of ['bar.nothing', 'nothing', 'bar', 'bar.fit.more', '']) {
    assert.throws(() => textOf(texts, name), new RegExp(`text ${name},`));
  }
});

test('index.html has no text itself, but for browsers without JavaScript', () => {
  const text = INDEX.replace(/<!--.*?-->|<title>.*?<\/title>|<noscript>.*?<\/noscript>|<[^>]*>/gs, '').trim();
  assert.equal(text, '');
  assert.doesNotMatch(INDEX, /\s(?:aria-label|title|placeholder|alt)=/);
});

test('the type check finds what another language lacks', () => {
  const { retry, ...start } = texts.start;
  /** @type {Texts} */
  // @ts-expect-error a text is missing
  const incomplete = { ...texts, language: 'eo', start };
  assert.equal('retry' in incomplete.start, false);
});
