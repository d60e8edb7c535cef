// @ts-check
// How an application has ended, for the tests.

/** @import { ApplicationEnd, CompanionFacts, LastWords } from '../../../../web/src/connection/server' */

/**
 * An end by SIGKILL, but for what is said otherwise.
 *
 * @param {Partial<ApplicationEnd>} [facts]
 * @returns {ApplicationEnd}
 */
export function end(facts = {}) {
  return {
    code: null,
    signal: 'SIGKILL',
    description: 'Killed (signal 9)',
    out_of_memory: false,
    memory_limit: null,
    asked: false,
    time: 1795861052.1,
    ...facts,
  };
}

/**
 * @param {Partial<LastWords>} [words]
 * @returns {LastWords}
 */
export function lastWords(words = {}) {
  return { traceback: '', last_error: null, log: '', ...words };
}

/**
 * @param {Partial<CompanionFacts>} [facts]
 * @returns {CompanionFacts}
 */
export function companion(facts = {}) {
  return { napari: '0.9.2', ready: true, renderer: 'llvmpipe (LLVM 19)', saved: null, ...facts };
}
