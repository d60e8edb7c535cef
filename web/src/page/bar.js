// @ts-check

/** @import { ResizeMode } from '../types' */

import { element } from './element.js';

/**
 * @typedef {object} Settings
 * @property {ResizeMode} resize
 * @property {boolean} hidpi
 * @property {number} quality - 0 to 9
 */

/**
 * The quiet handle at the top and the menu that it unfolds.
 *
 * Events: `settings`, `drag` (detail: on or off), `fit`, `keyboard`, `clipboard`, `reconnect`, `restart`, `about`,
 * `leave` (folded: the focus may go back to the desktop).
 */
export class Bar extends EventTarget {
  #nav = element('bar', HTMLElement);
  #handle = element('bar-handle', HTMLButtonElement);
  #menu = element('bar-menu', HTMLDivElement);
  #fullscreen = element('bar-fullscreen', HTMLButtonElement);
  #resize = element('bar-resize', HTMLSelectElement);
  #fit = element('bar-fit', HTMLButtonElement);
  #hidpi = element('bar-hidpi', HTMLInputElement);
  #drag = element('bar-drag', HTMLInputElement);
  #quality = element('bar-quality', HTMLInputElement);
  #qualityValue = element('bar-quality-value', HTMLOutputElement);
  #keyboard = element('bar-keyboard', HTMLButtonElement);
  #restart = element('bar-restart', HTMLButtonElement);

  /**
   * @param {Settings} settings
   * @param {{touch: boolean}} options - touch: offer a keyboard
   */
  constructor(settings, { touch }) {
    super();
    this.#resize.value = settings.resize;
    this.#hidpi.checked = settings.hidpi;
    this.#quality.value = String(settings.quality);
    this.#qualityValue.value = this.#quality.value;
    this.#keyboard.hidden = !touch;
    this.#listen();
    this.#offerPixels();
    this.#offerFullscreen();
  }

  /** @returns {Settings} as set now */
  get settings() {
    return {
      resize: /** @type {ResizeMode} */ (this.#resize.value),
      hidpi: this.#hidpi.checked,
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

  /** @param {boolean} offered - whether the desktop could take the window's size but has another */
  set misfit(offered) {
    this.#fit.hidden = !offered;
  }

  /** @param {boolean} offered - whether a part of the desktop is cut off */
  set clipping(offered) {
    element('bar-drag-row', HTMLLabelElement).hidden = !offered;
    if (offered || !this.#drag.checked) return;
    this.#drag.checked = false;
    this.#tell('drag', false);
  }

  /** Close the menu; the focus stays where it is. */
  fold() {
    this.#menu.hidden = true;
    this.#handle.setAttribute('aria-expanded', 'false');
  }

  #unfold() {
    this.#offerPixels();
    this.#menu.hidden = false;
    this.#handle.setAttribute('aria-expanded', 'true');
  }

  #leave() {
    this.fold();
    this.#tell('leave');
  }

  #listen() {
    this.#handle.addEventListener('click', () => (this.#menu.hidden ? this.#unfold() : this.#leave()));
    this.#nav.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#leave();
    });
    for (const control of [this.#resize, this.#hidpi]) control.addEventListener('change', () => this.#tell('settings'));
    this.#quality.addEventListener('input', () => {
      this.#qualityValue.value = this.#quality.value;
      this.#tell('settings');
    });
    this.#drag.addEventListener('change', () => this.#tell('drag', this.#drag.checked));
    for (const action of ['fit', 'reconnect']) this.#act(action, () => this.#leave());
    for (const action of ['keyboard', 'clipboard', 'restart', 'about']) this.#act(action, () => this.fold());
  }

  /**
   * @param {string} action - the event, and the button's id without `bar-`
   * @param {() => void} after
   */
  #act(action, after) {
    element(`bar-${action}`, HTMLButtonElement).addEventListener('click', () => {
      this.#tell(action);
      after();
    });
  }

  #offerPixels() {
    element('bar-hidpi-row', HTMLLabelElement).hidden = window.devicePixelRatio === 1 && !this.#hidpi.checked;
  }

  #offerFullscreen() {
    this.#fullscreen.hidden = !document.fullscreenEnabled;
    this.#fullscreen.addEventListener('click', () => {
      this.#toggleFullscreen();
      this.#leave();
    });
    document.addEventListener('fullscreenchange', () => {
      const on = document.fullscreenElement !== null;
      this.#fullscreen.setAttribute('aria-pressed', String(on));
      this.#fullscreen.textContent = on ? 'Leave full screen' : 'Full screen';
    });
  }

  async #toggleFullscreen() {
    if (document.fullscreenElement) {
      await document.exitFullscreen();
      return;
    }
    await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
    // Keys such as Ctrl+W go to the desktop too, in browsers that can (Chromium, in a secure context).
    await /** @type {{keyboard?: {lock(): Promise<void>}}} */ (navigator).keyboard?.lock();
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
