// @ts-check
// One upload as the page shows it; transfers.js has all of them.

/** @import { UploadBatch } from '../connection/upload-batch.js' */

import { button } from './button.js';
import { errorText } from './error-text.js';
import { texts } from './texts.js';

/** A line with name, progress and buttons. */
export class TransferRow {
  element = document.createElement('li');
  #batch;
  #percent = document.createElement('output');
  #bar = document.createElement('progress');
  #error = document.createElement('p');
  #pause;

  /** @param {UploadBatch} batch */
  constructor(batch) {
    const name = document.createElement('span');
    const text = texts.transfers.names(batch.names);
    this.#batch = batch;
    this.#pause = button('', () => (batch.state === 'sending' ? batch.pause() : batch.start()));
    const actions = document.createElement('div');
    actions.className = 'actions';
    actions.append(
      this.#pause,
      button(texts.cancel, () => batch.cancel()),
    );
    name.className = 'name';
    name.textContent = text;
    name.title = text;
    this.#bar.setAttribute('aria-label', text);
    this.#error.setAttribute('role', 'alert');
    this.element.append(name, this.#percent, this.#bar, this.#error, actions);
    batch.on('changed', () => this.draw());
    this.draw();
  }

  /** Show how far it is. */
  draw() {
    const { state, fraction, error } = this.#batch;
    const { pause, resume, retry } = texts.transfers;
    this.#percent.value = texts.transfers.percent(Math.floor(fraction * 100));
    this.#bar.value = fraction;
    this.#error.textContent = state === 'failed' ? errorText(error) : '';
    this.#pause.textContent = { paused: resume, failed: retry }[/** @type {string} */ (state)] ?? pause;
  }
}
