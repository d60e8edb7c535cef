// @ts-check
// How an application has ended, for the tests.

/** @import { ApplicationEnd, CompanionFacts } from '../../../../web/src/connection/server' */

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
    traceback: '',
    last_error: null,
    log: '',
    asked: false,
    time: 1795861052.1,
    ...facts,
  };
}

/**
 * @param {Partial<CompanionFacts>} [facts]
 * @returns {CompanionFacts}
 */
export function companion(facts = {}) {
  return { napari: '0.9.2', ready: true, renderer: 'llvmpipe (LLVM 19)', saved: null, ...facts };
}
