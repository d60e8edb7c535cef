// @ts-check
// The windows on the desktop over HTTP, `api/windows`; which there are is told with the session.

import { SAME_ORIGIN, ask } from './request.js';

/** What may be done with a window. Every request may throw what `ask` throws. */
export class Windows {
  /**
   * Raise it and give it the focus.
   *
   * @param {number} id
   */
  async activate(id) {
    await ask(`api/windows/${id}/activate`, { method: 'POST', headers: SAME_ORIGIN });
  }

  /**
   * Ask its program to close it.
   *
   * @param {number} id
   */
  async close(id) {
    await ask(`api/windows/${id}/close`, { method: 'POST', headers: SAME_ORIGIN });
  }
}
