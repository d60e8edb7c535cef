// @ts-check
// Puts the catalogue's texts into index.html, which names them: `data-text="bar.fit"` for the text at the start of an element,
// `data-label="bar.menu"` for its label (aria-label).

/** @import { Texts } from './texts/english.js' */

/**
 * Give all elements of a page that name a text that text.
 *
 * @param {Document} page
 * @param {Texts} texts
 */
export function fillTexts(page, texts) {
  page.documentElement.lang = texts.language;
  for (const element of page.querySelectorAll('[data-text]')) {
    element.prepend(textOf(texts, element.getAttribute('data-text') ?? ''));
  }
  for (const element of page.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', textOf(texts, element.getAttribute('data-label') ?? ''));
  }
}

/**
 * A text by its name.
 *
 * @param {Texts} texts
 * @param {string} name - such as `bar.fit`
 * @throws {Error} for a name that is none
 */
export function textOf(texts, name) {
  /** @type {any} */
  let found = texts;
  for (const part of name.split('.')) found = found?.[part];
  if (typeof found !== 'string') throw new Error(`index.html names a text ${name}, which the catalogue has not`);
  return found;
}
