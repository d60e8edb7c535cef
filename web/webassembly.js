// @ts-check
import { readFile } from 'node:fs/promises';
import loadWabt from 'wabt';

/**
 * A Vite plugin that makes the bytes of a module of what is written as WebAssembly text.
 *
 * @returns {import('vite').Plugin}
 */
export function webassembly() {
  return {
    name: 'webassembly',
    async load(id) {
      if (!id.endsWith('.wat')) return null;
      const { parseWat } = await loadWabt();
      const text = parseWat(id, await readFile(id, 'utf8'));
      try {
        text.validate();
        const code = Buffer.from(text.toBinary({}).buffer).toString('base64');
        return `export default Uint8Array.from(atob('${code}'), (character) => character.charCodeAt(0));`;
      } finally {
        text.destroy();
      }
    },
  };
}
