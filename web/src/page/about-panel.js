// @ts-check
// The dialog that tells the facts of session-facts.js.

/** @import { CompanionFacts, SessionFacts } from '../connection/server' */
/** @import { Picture } from './session-facts.js' */

import licenceNoVNC from '../../node_modules/@novnc/novnc/LICENSE.txt?url';
import licenceTinyH264 from '../../node_modules/tinyh264/LICENSE?url';
import licenceTus from '../../node_modules/tus-js-client/LICENSE?url';

import { element } from './element.js';
import { LanguageChoice } from './language-choice.js';
import { Panel } from './panel.js';
import { sessionFacts } from './session-facts.js';
import { texts } from './texts.js';

/** Facts of the session, and the licences of what the client carries. */
export class AboutPanel extends Panel {
  #list = element('about-facts', HTMLDListElement);
  /** @type {CompanionFacts | null} */
  companion = null;

  constructor() {
    super('about');
    new LanguageChoice();
    element('about-licence', HTMLAnchorElement).href = licenceNoVNC;
    element('about-licence-h264', HTMLAnchorElement).href = licenceTinyH264;
    element('about-licence-tus', HTMLAnchorElement).href = licenceTus;
    const { secure, insecure } = texts.about;
    element('about-secure', HTMLParagraphElement).textContent = window.isSecureContext ? secure : insecure;
  }

  /**
   * Tell the facts as they are now.
   *
   * @param {SessionFacts | null} session
   * @param {Picture | null} picture
   */
  draw(session, picture) {
    this.#list.replaceChildren(
      ...sessionFacts(session, picture, window, this.companion?.motion).flatMap(([name, value]) => {
        const term = document.createElement('dt');
        const description = document.createElement('dd');
        term.textContent = name;
        description.textContent = value;
        return [term, description];
      }),
    );
  }
}
