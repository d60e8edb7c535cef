// @ts-check
// The question before the application is restarted, which says what becomes of the work in it.

/** @import { CompanionFacts } from '../connection/server' */

import { element } from './element.js';
import { Panel } from './panel.js';
import { texts } from './texts.js';

/** Its `closed` tells `restart` where that is the answer. */
export class RestartPanel extends Panel {
  constructor() {
    super('restart', { modal: true });
  }

  /** @param {CompanionFacts | null} companion */
  set companion(companion) {
    const { comesBack, warning } = texts.restart;
    element('restart-warning', HTMLParagraphElement).textContent = companion?.saved?.error === null ? comesBack : warning;
  }
}
