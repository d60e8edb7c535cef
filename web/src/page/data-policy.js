// @ts-check
// What may move between this computer and the desktop, in words: why something is grey.

/** @import { SessionFacts } from '../connection/server' */

import { texts } from './texts.js';

/**
 * Each is why something is refused, empty where it is not.
 *
 * @typedef {object} Refusals
 * @property {string} clipboard - to open what there is of the clipboard: nothing
 * @property {string} copiesIn
 * @property {string} copiesOut
 * @property {string} filesIn
 */

/**
 * What the operator of the desktop refuses; what a role or a watcher may is not told here.
 *
 * @param {Pick<SessionFacts, 'allowed' | 'role'>} session
 * @returns {Refusals}
 */
export function refusals({ allowed, role }) {
  const { policy } = texts;
  if (!allowed || role !== 'control') return { clipboard: '', copiesIn: '', copiesOut: '', filesIn: '' };
  return {
    clipboard: allowed.copies_in || allowed.copies_out ? '' : policy.noCopies,
    copiesIn: allowed.copies_in ? '' : policy.noCopiesIn,
    copiesOut: allowed.copies_out ? '' : policy.noCopiesOut,
    filesIn: allowed.files_in ? '' : policy.noFilesIn,
  };
}
