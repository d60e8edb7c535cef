// @ts-check
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * A Vite plugin that puts a file into the build as it stands, under its own name.
 *
 * @param {string} path
 * @returns {import('vite').Plugin}
 */
export function verbatim(path) {
  return {
    name: 'verbatim',
    apply: 'build',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: basename(path), source: await readFile(path, 'utf8') });
    },
  };
}
