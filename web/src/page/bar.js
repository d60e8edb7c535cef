// @ts-check
// The controls above the desktop. What they do is done by who listens.

/** @import { ResizeMode } from '../picture/placement.js' */
/** @import { Sharpness } from '../picture/sharpness.js' */

import { Emitter } from '../emitter.js';
import { SHARPNESSES } from '../picture/sharpness.js';
import { BrowserMemory } from './browser-memory.js';
import { element } from './element.js';
import { FullscreenButton } from './fullscreen-button.js';
import { MENU_KEY } from './menu-key.js';
import { texts } from './texts.js';

/**
 * @typedef {object} Settings
 * @property {ResizeMode} resize
 * @property {Sharpness} sharpness
 * @property {number} quality - 0 to 9
 */

/** @typedef {'fit' | 'keyboard' | 'clipboard' | 'files' | 'people' | 'reconnect' | 'restart' | 'about'} Action also a button's id without `bar-` */

/**
 * The quiet handle at the top and the menu that it unfolds.
 *
 * Events: `settings` (have been changed), `drag` (on or off), `smooth` (what moves: on or off), one of each action's name, `left` (folded: the focus may go back
 * to the desktop).
 *
 * @extends {Emitter<{settings: Settings, drag: boolean, smooth: boolean, left: void} & Record<Action, void>>}
 */
export class Bar extends Emitter {
  #nav = element('bar', HTMLElement);
  #handle = element('bar-handle', HTMLButtonElement);
  #menu = element('bar-menu', HTMLDivElement);
  #fullscreen = new FullscreenButton(element('bar-fullscreen', HTMLButtonElement));
  #resize = element('bar-resize', HTMLSelectElement);
  #fit = element('bar-fit', HTMLButtonElement);
  #sharpness = element('bar-sharpness', HTMLSelectElement);
  #sharpnessMemory = new BrowserMemory('sharpness');
  #drag = element('bar-drag', HTMLInputElement);
  #smooth = element('bar-smooth', HTMLInputElement);
  #quality = element('bar-quality', HTMLInputElement);
  #qualityValue = element('bar-quality-value', HTMLOutputElement);
  #files = element('bar-files', HTMLButtonElement);
  #restart = element('bar-restart', HTMLButtonElement);

  /**
   * @param {Omit<Settings, 'sharpness'> & {sharpness: Sharpness | null}} settings - sharpness: null as the user has last chosen
   * @param {{touch: boolean}} options - touch: offer a keyboard
   */
  constructor(settings, { touch }) {
    super();
    this.#resize.value = settings.resize;
    const remembered = SHARPNESSES.find((one) => one === this.#sharpnessMemory.value);
    this.#sharpness.value = settings.sharpness ?? remembered ?? 'auto';
    this.#quality.value = String(settings.quality);
    this.#qualityValue.value = this.#quality.value;
    element('bar-keyboard', HTMLButtonElement).hidden = !touch;
    this.#handle.title = texts.bar.menuKey;
    this.#handle.setAttribute('aria-keyshortcuts', MENU_KEY);
    this.#listen();
    this.#offerPixels();
  }

  /** @returns {Settings} as set now */
  get settings() {
    return {
      resize: /** @type {ResizeMode} */ (this.#resize.value),
      sharpness: /** @type {Sharpness} */ (this.#sharpness.value),
      quality: Number(this.#quality.value),
    };
  }

  /** @param {boolean} shown */
  set shown(shown) {
    this.#nav.hidden = !shown;
  }

  /** @param {boolean} offered - whether the viewer may restart the application */
  set restart(offered) {
    this.#restart.hidden = !offered;
  }

  /** @param {boolean} offered - whether the people here are those at the desktop */
  set people(offered) {
    element('bar-people', HTMLButtonElement).hidden = !offered;
  }

  /** @param {string} refusal - why nobody may copy, empty where somebody may */
  set clipboard(refusal) {
    const button = element('bar-clipboard', HTMLButtonElement);
    button.disabled = refusal !== '';
    button.title = refusal;
  }

  /** @param {boolean} offered - whether the viewer may list the files */
  set files(offered) {
    this.#files.hidden = !offered;
  }

  /** @param {number} count - of results that are new; none shows no badge */
  set results(count) {
    const { menu, menuNews, newResults } = texts.bar;
    const badge = element('bar-badge', HTMLSpanElement);
    const inMenu = element('bar-files-badge', HTMLSpanElement);
    badge.hidden = inMenu.hidden = count === 0;
    badge.textContent = String(count);
    inMenu.textContent = newResults(count);
    this.#handle.setAttribute('aria-label', count === 0 ? menu : menuNews(newResults(count)));
  }

  /** @param {boolean | null} smooth - whether what moves is drawn coarser; null where nobody can choose */
  set smooth(smooth) {
    element('bar-smooth-row', HTMLLabelElement).hidden = smooth === null;
    this.#smooth.checked = smooth ?? false;
  }

  /** @param {boolean} offered - whether the desktop could take the window's size but has another */
  set misfit(offered) {
    this.#fit.hidden = !offered;
  }

  /** @param {boolean} offered - whether a part of the desktop is cut off */
  set clipping(offered) {
    element('bar-drag-row', HTMLLabelElement).hidden = !offered;
    if (offered || !this.#drag.checked) return;
    this.#drag.checked = false;
    this.emit('drag', false);
  }

  /** Open the menu and give it the focus, or close it; without a bar the focus only leaves the desktop. */
  toggle() {
    if (!this.#menu.hidden) {
      this.leave();
    } else if (this.#nav.hidden) {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    } else {
      this.#unfold();
      const shown = [...this.#menu.querySelectorAll('button')].find((button) => button.getClientRects().length > 0);
      shown?.focus();
    }
  }

  /** Close the menu; the focus stays where it is. */
  fold() {
    this.#menu.hidden = true;
    this.#handle.setAttribute('aria-expanded', 'false');
  }

  /** Close the menu; the focus may go back to the desktop. */
  leave() {
    this.fold();
    this.emit('left');
  }

  #unfold() {
    this.#offerPixels();
    this.#menu.hidden = false;
    this.#handle.setAttribute('aria-expanded', 'true');
  }

  #listen() {
    this.#handle.addEventListener('click', () => (this.#menu.hidden ? this.#unfold() : this.leave()));
    this.#nav.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.leave();
    });
    this.#sharpness.addEventListener('change', () => (this.#sharpnessMemory.value = this.#sharpness.value));
    for (const control of [this.#resize, this.#sharpness]) {
      control.addEventListener('change', () => this.emit('settings', this.settings));
    }
    this.#quality.addEventListener('input', () => {
      this.#qualityValue.value = this.#quality.value;
      this.emit('settings', this.settings);
    });
    this.#smooth.addEventListener('change', () => this.emit('smooth', this.#smooth.checked));
    this.#drag.addEventListener('change', () => this.emit('drag', this.#drag.checked));
    this.#fullscreen.on('pressed', () => this.leave());
    for (const action of /** @type {const} */ (['fit', 'reconnect'])) this.#act(action, () => this.leave());
    for (const action of /** @type {const} */ (['keyboard', 'clipboard', 'files', 'people', 'restart', 'about'])) {
      this.#act(action, () => this.fold());
    }
  }

  /**
   * @param {Action} action
   * @param {() => void} after
   */
  #act(action, after) {
    element(`bar-${action}`, HTMLButtonElement).addEventListener('click', () => {
      this.emit(action);
      after();
    });
  }

  #offerPixels() {
    const row = element('bar-sharpness-row', HTMLLabelElement);
    row.hidden = window.devicePixelRatio === 1 && this.#sharpness.value === 'auto';
  }
}
