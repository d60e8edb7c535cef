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
  #percent = document.createElement('span');
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
    const cancel = button(texts.cancel, () => batch.cancel());
    cancel.setAttribute('aria-label', texts.transfers.of(texts.cancel, text));
    actions.append(this.#pause, cancel);
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
    this.#percent.textContent = texts.transfers.percent(Math.floor(fraction * 100));
    this.#bar.value = fraction;
    this.#error.textContent = state === 'failed' ? errorText(error) : '';
    const next = { paused: resume, failed: retry }[/** @type {string} */ (state)] ?? pause;
    this.#pause.textContent = next;
    this.#pause.setAttribute('aria-label', texts.transfers.of(next, texts.transfers.names(this.#batch.names)));
  }
}
