// @ts-check
// Which catalogue of texts/ the page's reader gets. All of them are in the page's script: a few kilobytes each, and no second
// request before the first words.

/** @import { Texts } from './texts/english.js' */

import { BrowserMemory } from './browser-memory.js';
import { withReadable } from './readable.js';
import { bracketed } from './texts/bracketed.js';
import { chinese } from './texts/chinese.js';
import { english } from './texts/english.js';
import { german } from './texts/german.js';

/** @type {readonly Texts[]} the first is for everybody whose language there is not */
export const CATALOGUES = [english, german, chinese];

/**
 * The catalogue for a reader.
 *
 * @param {readonly string[]} languages - BCP 47, the preferred one first
 * @returns {Texts}
 */
export function textsFor(languages) {
  for (const language of languages) {
    const found = [...CATALOGUES, bracketed].find((texts) => primary(texts.language) === primary(language));
    if (found) return found;
  }
  return english;
}

/**
 * How this reader writes numbers and times: as in the page's language, in the browser's own kind of it.
 *
 * @param {string} language - of the page
 * @param {readonly string[]} languages - of the browser
 */
export function localeFor(language, languages) {
  return languages.find((one) => primary(one) === primary(language)) ?? language;
}

/** @param {string} language - BCP 47 */
function primary(language) {
  return language.split('-')[0]?.toLowerCase();
}

/**
 * What the reader has chosen, as a language; an empty one where the choice is left to the operator and the browser.
 *
 * @returns {{value: unknown} | null} null where there is no page
 */
export function chosenLanguage() {
  return globalThis.location ? new BrowserMemory('language') : null;
}

/** What speaks for a language, the strongest first: the address, the reader's choice, the operator's, the browser's. */
function wanted() {
  const { hash = '', search = '' } = globalThis.location ?? {};
  const asked = [hash.slice(1), search].map((part) => new URLSearchParams(part).get('lang'));
  const chosen = chosenLanguage()?.value;
  return [...asked, chosen, ...usualLanguages()].filter((language) => typeof language === 'string');
}

/** The languages of whoever has chosen none here: the operator's, then the browser's. */
export function usualLanguages() {
  /** @type {HTMLMetaElement | null | undefined} */
  const operator = globalThis.document?.querySelector('meta[name="language"]');
  return [...(operator ? [operator.content] : []), ...browserLanguages()];
}

function browserLanguages() {
  return globalThis.navigator?.languages ?? [];
}

/** The catalogue for this page's reader. */
export const texts = withReadable(textsFor(wanted()));

/** The spelling of numbers and times for this page's reader, BCP 47. */
export const locale = localeFor(texts.language, browserLanguages());
