// @ts-check
// Lets Node.js import WebAssembly text as Vite does, with the same code: a module's hook, for node:module's register.

/** @import { LoadFnOutput, LoadHookContext } from 'node:module' */

import { fileURLToPath } from 'node:url';

import { compileWat } from '../../../../web/webassembly.js';

/**
 * @param {string} url
 * @param {LoadHookContext} context
 * @param {(url: string, context: LoadHookContext) => LoadFnOutput | Promise<LoadFnOutput>} next
 * @returns {Promise<LoadFnOutput>}
 */
export async function load(url, context, next) {
  if (!url.endsWith('.wat')) return next(url, context);
  return { format: 'module', source: await compileWat(fileURLToPath(url)), shortCircuit: true };
}
