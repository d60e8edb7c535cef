// @ts-check
// The people at the desktop over HTTP: control, the owner's links, logging out. Who is here comes with the events.

/** @import { ControlMode, LinkFacts, Role } from './server' */

import { SAME_ORIGIN, ask, json } from './request.js';

/** What may be wished of control; `give` and `decline` are of somebody else. */
/** @typedef {'ask' | 'withdraw' | 'take' | 'release' | 'give' | 'decline'} Wish */

/** What may be asked of the server. Every request may throw what `ask` throws. */
export class People {
  /**
   * @param {Wish} wish
   * @param {string} [person] - the id of somebody else
   */
  async wish(wish, person) {
    await ask(`api/control/${wish}`, json('POST', person ? { person } : {}));
  }

  /** @param {ControlMode} mode */
  async choose(mode) {
    await ask('api/control', json('PUT', { mode }));
  }

  /** @returns {Promise<LinkFacts[]>} those that are valid */
  async links() {
    return (await (await ask('api/links', { cache: 'no-store' })).json()).links;
  }

  /**
   * Make a link.
   *
   * @param {{role: Role, name: string, seconds: number | null}} wanted - seconds: null for no end
   * @returns {Promise<string>} its address, which is not told again
   */
  async makeLink(wanted) {
    const made = await (await ask('api/links', json('POST', wanted))).json();
    return new URL(made.href, document.baseURI).href;
  }

  /** @param {string} id - of a link, which opens nothing any more */
  async revokeLink(id) {
    await ask(`api/links/${id}`, { method: 'DELETE', headers: SAME_ORIGIN });
  }

  /** Have this browser forget its login, and all of its pages end. */
  async logOut() {
    await ask('api/logout', { method: 'POST', headers: SAME_ORIGIN });
  }
}
