// @ts-check
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = /\.(css|html|js|json|svg|txt)$/;

/** @param {Buffer} data */
const toGzip = (data) => promisify(gzip)(data, { level: constants.Z_BEST_COMPRESSION });

/** @param {Buffer} data */
const toBrotli = (data) =>
  promisify(brotliCompress)(data, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
    },
  });

/**
 * A Vite plugin that puts NAME.gz and NAME.br beside each compressible file of the build.
 *
 * @returns {import('vite').Plugin}
 */
export function precompress() {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      const names = await readdir(folder, { recursive: true });
      await Promise.all(
        names
          .filter((name) => COMPRESSIBLE.test(name))
          .map(async (name) => {
            const path = join(folder, name);
            const data = await readFile(path);
            await writeFile(`${path}.gz`, await toGzip(data));
            await writeFile(`${path}.br`, await toBrotli(data));
          }),
      );
    },
  };
}
