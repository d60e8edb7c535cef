// @ts-check
// The desktop's element: brings parameters, settings and the server's facts to each new connection, and what is drawn there to
// the page. Tests, and pages around this one, read its state from data attributes of the root element.

/** @import { DesktopConnection, ConnectionState } from '../connection/desktop-connection.js' */
/** @import { SessionFacts } from '../connection/server' */
/** @import { TextField } from '../keyboard/text-field.js' */
/** @import { RFBClient } from '../novnc/rfb-client.js' */
/** @import { Settings } from './bar.js' */
/** @import { Parameters } from './parameters.js' */

import { Attention } from '../connection/attention.js';
import { Emitter } from '../emitter.js';
import { texts } from './texts.js';

/**
 * The desktop as the page shows it.
 *
 * Events: `state`, `drawn` (size, scale or exactness may have changed), `misfit` (whether the desktop could take the window's
 * size but has another), `clipping` (whether a part of it is cut off), `touched` (the pointer was pressed on it).
 *
 * @extends {Emitter<{state: ConnectionState, drawn: void, misfit: boolean, clipping: boolean, touched: void}>}
 */
export class DesktopView extends Emitter {
  #connection;
  #field;
  #parameters;
  #settings;
  #root = document.documentElement.dataset;
  #attention = new Attention();
  #zoomsByWheel = false;
  #acts;
  /** @type {SessionFacts | null} */
  #session = null;

  /**
   * @param {HTMLElement} place - where the picture goes
   * @param {{connection: DesktopConnection, field: TextField, parameters: Parameters, settings: Settings}} parts - field: what
   *   takes the keys
   */
  constructor(place, { connection, field, parameters, settings }) {
    super();
    this.#connection = connection;
    this.#field = field;
    this.#parameters = parameters;
    this.#settings = settings;
    // The server has the last word, once it has spoken.
    this.#acts = !parameters.viewOnly;
    if (!parameters.autoconnect) this.#root.link = 'disconnected';
    connection.on('opened', (rfb) => this.#configure(rfb));
    connection.on('state', (state) => {
      this.#root.link = state;
      this.emit('state', state);
    });
    this.#attention.on('changed', (given) => {
      if (connection.rfb) connection.rfb.paused = !given;
    });
    place.addEventListener('pointerdown', ({ clientX: x, clientY: y }) => {
      field.move({ x, y });
      this.focus();
      this.emit('touched');
    });
    place.addEventListener('pointerup', () => this.focus());
  }

  /** @param {SessionFacts} session */
  set session(session) {
    const gpu = this.#gpu;
    this.#session = session;
    if (!this.#connection.rfb) return;
    this.#tellSession(this.#connection.rfb);
    if (this.#gpu !== gpu) this.#apply(this.#connection.rfb);
  }

  /** Whether the programs of the desktop draw with a GPU. */
  get #gpu() {
    return this.#session !== null && !this.#session.gpu.reason;
  }

  /** @param {boolean} acts - whether what the visitor does counts */
  set acts(acts) {
    this.#acts = acts;
    if (this.#connection.rfb) this.#tellSession(this.#connection.rfb);
  }

  /** @param {Settings} settings */
  set settings(settings) {
    this.#settings = settings;
    if (this.#connection.rfb) this.#apply(this.#connection.rfb);
  }

  /** @param {boolean} zooms - whether the application zooms by the wheel alone, as napari does, and not with Control */
  set zoomsByWheel(zooms) {
    this.#zoomsByWheel = zooms;
    if (this.#connection.rfb) this.#connection.rfb.pinchHoldsControl = !zooms;
  }

  /** @param {boolean} dragging - whether the pointer moves the view */
  set dragging(dragging) {
    if (this.#connection.rfb) this.#connection.rfb.dragViewport = dragging;
  }

  /** Ask once more for this window's size, also when another viewer has chosen a different one. */
  fit() {
    this.#connection.rfb?.fit();
  }

  /** Have the desktop take the keys. */
  focus() {
    this.#field.focus();
  }

  /** Have the desktop take the keys when nothing else that is seen takes them. */
  focusIfLost() {
    const active = document.activeElement;
    if (!active || active === document.body || active.getClientRects().length === 0) this.focus();
  }

  /** @param {RFBClient} rfb */
  #configure(rfb) {
    rfb.canvas.setAttribute('role', 'img');
    rfb.canvas.setAttribute('aria-label', texts.desktop);
    rfb.showDotCursor = this.#parameters.showDot;
    rfb.compressionLevel = this.#parameters.compression;
    this.#tellSession(rfb);
    this.#apply(rfb);
    rfb.paused = !this.#attention.given;
    rfb.pinchHoldsControl = !this.#zoomsByWheel;
    this.#root.exact = 'false';
    rfb.on('layout', () => this.#tellLayout(rfb));
    rfb.on('exact', (exact) => {
      this.#root.exact = String(exact);
      this.emit('drawn');
    });
    rfb.on('clippingviewport', (clipping) => this.emit('clipping', clipping));
  }

  /** @param {RFBClient} rfb */
  #tellSession(rfb) {
    rfb.viewOnly = !this.#acts;
    const server = this.#parameters.foreign ? null : this.#session?.rfb;
    rfb.refines = server?.path !== 'native';
    if (server?.baseline) rfb.takeBaseline();
  }

  /** @param {RFBClient} rfb */
  #apply(rfb) {
    const { resize, sharpness, quality } = this.#settings;
    rfb.qualityLevel = quality;
    rfb.setLayout(resize, { clip: this.#parameters.clip, sharpness, gpu: this.#gpu });
  }

  /** @param {RFBClient} rfb */
  #tellLayout(rfb) {
    const { width, height } = rfb.size;
    this.#root.size = `${width}x${height}`;
    this.#root.scale = String(rfb.scale);
    this.emit('misfit', rfb.misfit);
    this.emit('drawn');
  }
}
