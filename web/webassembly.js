// @ts-check
import { readFile } from 'node:fs/promises';
import loadWabt from 'wabt';

/**
 * A module whose default export is the bytes of what a file holds as WebAssembly text.
 *
 * @param {string} path
 * @returns {Promise<string>} JavaScript
 */
export async function compileWat(path) {
  const { parseWat } = await loadWabt();
  const text = parseWat(path, await readFile(path, 'utf8'));
  try {
    text.validate();
    const code = Buffer.from(text.toBinary({}).buffer).toString('base64');
    return `export default Uint8Array.from(atob('${code}'), (character) => character.charCodeAt(0));`;
  } finally {
    text.destroy();
  }
}

/**
 * A Vite plugin that makes the bytes of a module of what is written as WebAssembly text.
 *
 * @returns {import('vite').Plugin}
 */
export function webassembly() {
  return {
    name: 'webassembly',
    load: (id) => (id.endsWith('.wat') ? compileWat(id) : null),
  };
}
