// @ts-check
// Mouse, pen, wheel and fingers: what they do becomes the position and the buttons of RFB's pointer.

/** @import { Point } from '../geometry.js' */
/** @import { Clicks } from './wheel.js' */

import { PausableRFB } from './pausable-rfb.js';
import { buttonsAfter } from './pointer-buttons.js';
import { RFB } from './rfb.js';
import { TouchGestures } from './touch-gestures.js';
import { ViewportDrag } from './viewport-drag.js';
import { Wheel, buttonsOf } from './wheel.js';

const CONTROL = { keysym: 0xffe3, code: 'ControlLeft' };
const POINTER_EVENTS = /** @type {const} */ ([
  'pointerdown',
  'pointermove',
  'pointerup',
  'pointercancel',
  'lostpointercapture',
]);

/** RFB with the pointer of the browser's pointer and touch events. */
export class PointerRFB extends PausableRFB {
  /** Whether two fingers that pinch hold Control with the wheel, as most programs want it for a zoom. */
  pinchHoldsControl = true;

  #at = { x: 0, y: 0 };
  #buttons = 0;
  #wheel = new Wheel();
  #touch = new TouchGestures();
  #view = new ViewportDrag();
  #holdsControl = false;
  #zoomed = 1;
  #listening = new AbortController();

  /** @param {ConstructorParameters<typeof PausableRFB>} parameters */
  constructor(...parameters) {
    super(...parameters);
    this._gestures.detach();
    this.#touch.on('point', ({ x, y, buttons }) => {
      this._cursor.move(x, y);
      this.#point({ x, y }, buttons);
    });
    this.#touch.on('scroll', ({ at, ...delta }) =>
      this.#click(at, this.#wheel.turn({ ...delta, deltaMode: 0, shiftKey: false })),
    );
    this.#touch.on('pinch', ({ at, ratio }) => this.#zoom(at, ratio));
    this.#listenToPointers();
    this.#listenToPinches();
  }

  /**
   * Press and release a button where the pointer is.
   *
   * @param {number} button - its bit in MouseEvent.buttons
   */
  click(button) {
    const { x, y } = this._onCanvas(this.#at);
    const held = this._mouseButtonMask;
    for (const mask of [held | RFB._convertButtonMask(button), held]) this._sendMouse(x, y, mask);
  }

  /** @override */
  _disconnect() {
    this.#listening.abort();
    this.#touch.stop();
    super._disconnect();
  }

  #listenToPointers() {
    const { signal } = this.#listening;
    const canvas = this._canvas;
    for (const type of POINTER_EVENTS) canvas.addEventListener(type, (event) => this.#follow(event), { signal });
    for (const type of /** @type {const} */ (['touchstart', 'touchmove', 'touchend', 'touchcancel'])) {
      canvas.addEventListener(type, (event) => this.#touchAt(event), { signal, passive: false });
    }
    // Safari on a Mac tells of a pinch on the trackpad by events of its own.
    for (const type of ['gesturestart', 'gesturechange']) {
      canvas.addEventListener(type, (event) => this.#followGesture(event), { signal });
    }
  }

  /** Browsers tell of a pinch on a trackpad as of the wheel with Control: only the keys tell which of the two it is. */
  #listenToPinches() {
    const options = { signal: this.#listening.signal, capture: true };
    window.addEventListener('wheel', (event) => this.#takePinch(event), { ...options, passive: false });
    window.addEventListener('blur', () => (this.#holdsControl = false), options);
    for (const type of /** @type {const} */ (['keydown', 'keyup'])) {
      window.addEventListener(type, ({ key }) => {
        if (key === 'Control') this.#holdsControl = type === 'keydown';
      }, options);
    }
  }

  /** @param {PointerEvent} event */
  #follow(event) {
    event.preventDefault();
    // Moves and the release come here too when they happen elsewhere, outside of a frame or of the window.
    if (event.type === 'pointerdown') this._canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') return;
    const buttons = buttonsAfter(this.#buttons, event);
    if (event.type.startsWith('pointer') || buttons !== this.#buttons) this.#point(place(event), buttons);
  }

  /**
   * Fingers come as touch events, which say of all at once how they moved. Refused, these become neither a mouse nor a zoom
   * of the page nor a menu.
   *
   * @param {TouchEvent} event
   */
  #touchAt(event) {
    event.preventDefault();
    // A pen comes as a pointer already, and the hand that holds it means nothing.
    if (this.#buttons !== 0 && !this.#touch.touched) return;
    for (const touch of event.changedTouches) {
      if (event.type === 'touchstart') this.#touch.down(touch.identifier, place(touch));
      else if (event.type === 'touchmove') this.#touch.move(touch.identifier, place(touch));
      else if (event.type === 'touchend') this.#touch.up(touch.identifier);
      else this.#touch.cancel(touch.identifier);
    }
  }

  /**
   * @param {Point} at - of the window
   * @param {number} buttons - as in MouseEvent
   */
  #point(at, buttons) {
    const changed = buttons !== this.#buttons;
    this.#at = at;
    this.#buttons = buttons;
    if (this.dragViewport || this.#view.running) {
      this.#drag(at, changed ? buttons : null);
      return;
    }
    const { x, y } = this._onCanvas(at);
    if (changed) this._handleMouseButton(x, y, RFB._convertButtonMask(buttons));
    else this._handleMouseMove(x, y);
  }

  /**
   * @param {Point} at
   * @param {number | null} buttons - null when they are as before
   */
  #drag(at, buttons) {
    if (buttons === null && !this.#view.running) {
      const { x, y } = this._onCanvas(at);
      this._handleMouseMove(x, y);
    } else if (buttons === null) {
      const by = this.#view.move(at);
      this._display.viewportChangePos(by.x, by.y);
    } else {
      const { x, y } = this._onCanvas(at);
      const clicked = this.#view.press(at, buttons);
      if (clicked) for (const mask of [clicked, 0]) this._handleMouseButton(x, y, RFB._convertButtonMask(mask));
    }
  }

  /**
   * noVNC makes one click of an event, however far it scrolls.
   *
   * @override
   * @param {WheelEvent} event
   */
  _handleWheel(event) {
    event.preventDefault();
    this.#click(place(event), this.#wheel.turn(event));
  }

  /**
   * A pinch is taken before anybody believes its `ctrlKey`, which no key has set.
   *
   * @param {WheelEvent} event - any of the page
   */
  #takePinch(event) {
    const pinch = event.ctrlKey && !this.#holdsControl && this.#wheel.isPinch(event);
    if (!pinch || event.target !== this._canvas) return;
    event.stopPropagation();
    event.preventDefault();
    this.#zoom(place(event), Math.exp(-event.deltaY / 100));
  }

  /** @param {Event} event - Safari's; `scale` is 1 where a gesture starts */
  #followGesture(event) {
    if (!('scale' in event) || !('clientX' in event) || this.#touch.touched) return;
    event.preventDefault();
    const scale = Number(event.scale);
    if (event.type === 'gesturechange') this.#zoom(place(/** @type {any} */ (event)), scale / this.#zoomed);
    this.#zoomed = scale;
  }

  /**
   * @param {Point} at
   * @param {number} ratio - above 1 when the fingers go apart
   */
  #zoom(at, ratio) {
    const clicks = this.#wheel.pinch(ratio);
    if (clicks.y === 0) return;
    if (this.pinchHoldsControl) this.sendKey(CONTROL.keysym, CONTROL.code, true);
    this.#click(at, clicks);
    if (this.pinchHoldsControl) this.sendKey(CONTROL.keysym, CONTROL.code, false);
  }

  /**
   * @param {Point} at
   * @param {Clicks} clicks
   */
  #click(at, clicks) {
    const { x, y } = this._onCanvas(at);
    const held = this._mouseButtonMask;
    for (const button of buttonsOf(clicks)) for (const mask of [held | button, held]) this._sendMouse(x, y, mask);
  }

  /**
   * CSS pixels from the picture's corner; the nearest pixel's for a place beside it.
   *
   * @protected
   * @param {Point} at
   */
  _onCanvas({ x, y }) {
    const { left, top, width, height } = this._canvas.getBoundingClientRect();
    const { scale } = this._display;
    // The edge of a pixel of the screen may lie a little before that of the picture's pixel, as a browser computes it.
    const inside = 0.01 * scale;
    return {
      x: Math.max(0, Math.min(x - left + inside, width - scale / 2)),
      y: Math.max(0, Math.min(y - top + inside, height - scale / 2)),
    };
  }

  /**
   * Browsers send one move a frame of the screen; noVNC would hold back every other one.
   *
   * @override
   * @param {number} x
   * @param {number} y
   */
  _handleMouseMove(x, y) {
    this._sendMouse(x, y, this._mouseButtonMask);
  }

  /**
   * What a browser does by itself for a mouse does not happen; #follow does the rest.
   *
   * @override
   * @param {MouseEvent} event
   */
  _handleMouse(event) {
    event.stopPropagation();
    event.preventDefault();
  }
}

/** @param {{clientX: number, clientY: number}} event */
function place({ clientX, clientY }) {
  return { x: clientX, y: clientY };
}
