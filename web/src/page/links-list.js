// @ts-check
// The owner's links for others, in the panel of the people: made, copied once, revoked.

/** @import { People } from '../connection/people.js' */
/** @import { LinkFacts, Role } from '../connection/server' */

import { button } from './button.js';
import { element } from './element.js';
import { errorText } from './error-text.js';
import { locale, texts } from './texts.js';

/** The section of the links. */
export class LinksList {
  #section = element('links', HTMLElement);
  #list = element('links-list', HTMLUListElement);
  #form = element('links-form', HTMLFormElement);
  #name = element('links-name', HTMLInputElement);
  #role = element('links-role', HTMLSelectElement);
  #time = element('links-time', HTMLSelectElement);
  #address = element('links-address', HTMLInputElement);
  #copy = element('links-copy', HTMLButtonElement);
  #status = element('links-status', HTMLParagraphElement);
  #people;

  /** @param {People} people */
  constructor(people) {
    this.#people = people;
    this.#name.placeholder = texts.links.name;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#try(() => this.#make());
    });
    this.#copy.addEventListener('click', () => this.#copyAddress());
  }

  /** @param {boolean} offered - whether the visitor may make links */
  set offered(offered) {
    this.#section.hidden = !offered;
  }

  /** Read anew which links there are. */
  open() {
    this.#tell('');
    this.#address.value = '';
    this.#address.hidden = this.#copy.hidden = true;
    if (!this.#section.hidden) this.#try(() => this.#read());
  }

  async #read() {
    const links = await this.#people.links();
    this.#list.replaceChildren(...links.map((link) => this.#row(link)));
  }

  async #make() {
    const seconds = this.#time.value ? Number(this.#time.value) : null;
    const role = /** @type {Role} */ (this.#role.value);
    this.#address.value = await this.#people.makeLink({ role, seconds, name: this.#name.value });
    this.#name.value = '';
    this.#address.hidden = this.#copy.hidden = false;
    this.#tell(texts.links.made);
    await this.#read();
    this.#address.focus();
    this.#address.select();
  }

  async #copyAddress() {
    try {
      await navigator.clipboard.writeText(this.#address.value);
      this.#tell(texts.links.copied);
    } catch {
      // At an address that is not secure there is no clipboard.
      this.#address.focus();
      this.#address.select();
      this.#tell(texts.links.notCopied);
    }
  }

  /** @param {LinkFacts} link */
  #row(link) {
    const row = document.createElement('li');
    const name = document.createElement('span');
    const title = document.createElement('bdi');
    const facts = document.createElement('span');
    title.textContent = link.name || texts.links.unnamed;
    facts.className = 'hint';
    facts.textContent = linkFacts(link);
    name.className = 'name';
    name.append(title, ' ', facts);
    const revoke = button(texts.links.revoke, () =>
      this.#try(async () => {
        await this.#people.revokeLink(link.id);
        this.#tell(texts.links.revoked(title.textContent ?? ''));
        await this.#read();
      }),
    );
    revoke.className = 'danger';
    revoke.setAttribute('aria-label', texts.links.revokeOf(title.textContent));
    row.append(name, revoke);
    return row;
  }

  /** @param {() => Promise<void>} work */
  async #try(work) {
    try {
      await work();
    } catch (error) {
      this.#tell(errorText(error));
    }
  }

  /** @param {string} text */
  #tell(text) {
    this.#status.textContent = text;
  }
}

/**
 * What a link is for, and until when.
 *
 * @param {Pick<LinkFacts, 'role' | 'until'>} link
 */
export function linkFacts({ role, until }) {
  const { links } = texts;
  const time = until === null ? links.forEver : links.until(new Date(until * 1000).toLocaleString(locale));
  return `${role === 'control' ? links.control : links.view}, ${time}`;
}
