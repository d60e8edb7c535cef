// @ts-check
// The choice of a language in the about panel. The browser remembers it; the page takes it up by a reload.

import { pageKey } from '../connection/page-key.js';
import { element } from './element.js';
import { CATALOGUES, chosenLanguage, texts, textsFor, usualLanguages } from './texts.js';

/** Lists the languages under their own names, after the one that comes without a choice. */
export class LanguageChoice {
  #select = element('about-language', HTMLSelectElement);

  constructor() {
    const memory = chosenLanguage();
    const usual = textsFor(usualLanguages()).languageName;
    const automatic = new Option(texts.about.languageAuto(usual), '');
    const languages = CATALOGUES.map(({ languageName, language }) => new Option(languageName, language));
    for (const option of languages) option.lang = option.value;
    this.#select.append(automatic, ...languages);
    this.#select.value = languages.some(({ value }) => value === memory?.value) ? String(memory?.value) : '';
    // A page in a frame of another site may not be let in again.
    element('about-language-row', HTMLLabelElement).hidden = pageKey() !== '';
    this.#select.addEventListener('change', () => {
      if (memory) memory.value = this.#select.value;
      reloadWithout('lang');
    });
  }
}

/** @param {string} parameter - of the address, which would win */
function reloadWithout(parameter) {
  const address = new URL(location.href);
  const hash = new URLSearchParams(address.hash.slice(1));
  address.searchParams.delete(parameter);
  hash.delete(parameter);
  address.hash = hash.toString();
  history.replaceState(history.state, '', address);
  location.reload();
}
