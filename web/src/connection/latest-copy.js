// @ts-check
// Which of two clipboards was copied to last, as far as one can know: what the desktop copies is told, what this computer does is
// seen only when the browser lets the page look.

/** @import { Content } from './clipboard-content.js' */

import { markOf, same } from './clipboard-content.js';

// Where the mark of what was seen last outlives the page.
const MARK = 'desktopd.clipboard';

/**
 * What this computer has is newer only when it has changed since it was last seen, in this visit or an earlier one. What was never
 * seen is newer than what was on the desktop before the page came, when the user pastes it; nothing is sent by merely coming.
 */
export class LatestCopy {
  /** @type {'here' | 'desktop' | 'both'} */
  #place = 'both';
  /** @type {Content | null} */
  #seen = null;
  /** Whether something is on the desktop's clipboard. */
  #isFilled = false;
  /** Whether that was copied while the page was there. */
  #isLive = false;

  /** Whether the desktop's copy is the newer one. */
  get isDesktops() {
    return this.#place === 'desktop';
  }

  /** @param {boolean} live - whether the page was there */
  copiedOnDesktop(live) {
    this.#isFilled = true;
    this.#isLive ||= live;
    this.#place = 'desktop';
  }

  /** Nothing is on the desktop's clipboard. */
  desktopCleared() {
    this.#isFilled = this.#isLive = false;
    this.#place = 'here';
  }

  /**
   * Both clipboards have this.
   *
   * @param {Content} content
   */
  shared(content) {
    this.#isFilled = true;
    this.#place = 'both';
    this.#see(content);
  }

  /**
   * Take note of what this computer has.
   *
   * @param {Content} content
   * @param {boolean} asked - whether the user wants it on the desktop
   * @returns {Promise<boolean>} whether the desktop shall have it
   */
  async look(content, asked) {
    const isFirst = this.#seen === null;
    const mark = isFirst ? savedMark() : null;
    const isKnown = this.#seen ? await same(content, this.#seen) : mark === markOf(content);
    this.#see(content);
    if (!isKnown) {
      const isUncertain = isFirst && this.#isFilled;
      const isOlder = isUncertain && (this.#isLive || (!asked && mark === null));
      this.#place = isOlder ? 'desktop' : 'here';
    }
    if (this.#place !== 'here') return false;
    return asked || (isFirst ? !this.#isFilled : !isKnown);
  }

  /** @param {Content} content */
  #see(content) {
    this.#seen = content;
    try {
      localStorage.setItem(MARK, markOf(content));
    } catch {
      // A browser that keeps nothing.
    }
  }
}

function savedMark() {
  try {
    return localStorage.getItem(MARK);
  } catch {
    return null;
  }
}
