// @ts-check
// The switch in the bar for what moves: coarser while it moves, or always exact. The server keeps it for the session.

/** @import { Application } from '../connection/application.js' */
/** @import { CompanionFacts } from '../connection/server' */
/** @import { Bar } from './bar.js' */

/** Shows the mode that the companion tells of, and sets it. */
export class MotionSwitch {
  #bar;
  #allowed = false;
  /** @type {CompanionFacts | null} */
  #companion = null;

  /**
   * @param {Pick<Bar, 'on' | 'smooth'>} bar
   * @param {Pick<Application, 'setMotion'>} application
   * @param {(error: unknown) => void} fail - told why it could not be set
   */
  constructor(bar, application, fail) {
    this.#bar = bar;
    bar.on('smooth', (smooth) => {
      application.setMotion(smooth).catch((error) => {
        this.#show();
        fail(error);
      });
    });
  }

  /** @param {CompanionFacts | null} companion */
  set companion(companion) {
    this.#companion = companion;
    this.#show();
  }

  /** @param {boolean} allowed - whether the viewer may change what is drawn */
  set allowed(allowed) {
    this.#allowed = allowed;
    this.#show();
  }

  #show() {
    const motion = this.#allowed ? this.#companion?.motion : null;
    this.#bar.smooth = motion ? motion.mode === 'smooth' : null;
  }
}
