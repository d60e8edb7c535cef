// @ts-check
// What whoever runs the desktop says and refuses: the banner, and what is grey. The words of refusals stand in data-policy.js.

/** @import { SessionFacts } from '../connection/server' */
/** @import { Bar } from './bar.js' */
/** @import { ClipboardPanel } from './clipboard-panel.js' */
/** @import { Drops } from './drops.js' */

import { Banner } from './banner.js';
import { refusals } from './data-policy.js';

/** Shows it on the parts of the page. */
export class Operator {
  #banner = new Banner();
  #parts;
  /** Whether copies may come to the desktop, as far as the operator goes. */
  copiesIn = true;

  /** @param {{bar: Bar, clipboardPanel: ClipboardPanel, drops: Drops}} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {SessionFacts} session */
  set session(session) {
    const refused = refusals(session);
    this.copiesIn = refused.copiesIn === '';
    this.#banner.text = session.banner ?? '';
    this.#parts.bar.clipboard = refused.clipboard;
    this.#parts.clipboardPanel.refusals = this.#parts.drops.refusals = refused;
  }
}
