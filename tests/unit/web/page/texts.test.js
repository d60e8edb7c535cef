// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/** @import { Texts } from '../../../../web/src/page/texts/english.js' */

import { textOf } from '../../../../web/src/page/fill-texts.js';
import { CATALOGUES, localeFor, texts, textsFor } from '../../../../web/src/page/texts.js';

const INDEX = readFileSync(new URL('../../../../web/index.html', import.meta.url), 'utf8');

test('a reader whose languages there are not gets English', () => {
  assert.equal(textsFor([]).language, 'en');
  assert.equal(textsFor(['tlh', 'eo-001']).language, 'en');
  assert.equal(textsFor(['tlh', 'en-GB']).language, 'en');
});

test('a reader gets the language that comes first and that there is', () => {
  assert.equal(textsFor(['tlh', 'de-AT', 'en']).language, 'de');
  assert.equal(textsFor(['DE']).language, 'de');
  for (const language of ['zh', 'zh-CN', 'zh-Hans-SG', 'zh-TW']) assert.equal(textsFor([language]).language, 'zh-Hans');
});

test('numbers and times are spelt as in the page’s language, in the browser’s own kind of it', () => {
  assert.equal(localeFor('en', ['de-CH', 'en-GB']), 'en-GB');
  assert.equal(localeFor('zh-Hans', ['zh-SG']), 'zh-SG');
  assert.equal(localeFor('de', ['en-US', 'fr']), 'de');
});

test('every language has every text, and says all that it is given', () => {
  const [english, ...others] = CATALOGUES.map((catalogue) => entries(catalogue));
  assert.ok(english && english.size > 200 && others.length === 2);
  for (const other of others) {
    assert.deepEqual([...other.keys()], [...english.keys()]);
    for (const [name, text] of other) {
      assert.equal(typeof text, typeof english.get(name), name);
      if (typeof text === 'function') assert.deepEqual(told(text), told(english.get(name)), name);
      else assert.notEqual(text, '', name);
    }
  }
});

test('nothing was left in English', () => {
  const same = new Set(['desktop', 'start.label', 'files.zip', 'clipboard.form.text', 'clipboard.form.html', 'about.version']);
  const [english = new Map(), ...others] = CATALOGUES.map((catalogue) => entries(catalogue));
  for (const other of others) {
    for (const [name, text] of other) if (!same.has(name)) assert.notEqual(text, english.get(name), name);
  }
});

test('brackets stand around every text of the language for those who write the page', () => {
  const bracketed = textsFor(['qps']);
  assert.equal(bracketed.bar.fit, `⟦${CATALOGUES[0]?.bar.fit}⟧`);
  assert.match(bracketed.start.waited(3), /^⟦.*3.*⟧$/);
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

/**
 * Every text of a catalogue by its name, in the order of the names.
 *
 * @param {object} part
 * @param {string} [prefix]
 * @returns {Map<string, any>}
 */
function entries(part, prefix = '') {
  /** @type {Map<string, any>} */
  const found = new Map();
  for (const name of Object.keys(part).sort()) {
    const inner = /** @type {Record<string, any>} */ (part)[name];
    if (typeof inner === 'object') for (const [key, text] of entries(inner, `${prefix}${name}.`)) found.set(key, text);
    else found.set(prefix + name, inner);
  }
  return found;
}

/**
 * Which of its parameters a text mentions, whatever their values.
 *
 * @param {(...values: any[]) => string} text
 */
function told(text) {
  const parameters = /^\(?([^)=]*)\)?\s*=>/.exec(text.toString().replaceAll(/\/\*.*?\*\//g, ''))?.[1] ?? '';
  const names = parameters.split(',').map((name) => name.trim());
  const body = text.toString().slice(text.toString().indexOf('=>'));
  return names.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
}
