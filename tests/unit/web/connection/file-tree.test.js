// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { roots, treeOf, walk } from '../../../../web/src/connection/file-tree.js';

const CHUNK = 100;

/**
 * A folder as Chromium gives it: a hundred entries at a time.
 *
 * @param {string} fullPath
 * @param {object[]} children
 */
function folder(fullPath, children) {
  return {
    isDirectory: true,
    fullPath,
    createReader: () => {
      const left = [...children];
      return { readEntries: (/** @type {(some: object[]) => void} */ take) => take(left.splice(0, CHUNK)) };
    },
  };
}

/** @param {string} fullPath */
function file(fullPath) {
  const found = new File([fullPath], fullPath.split('/').at(-1) ?? '');
  return { isDirectory: false, fullPath, file: (/** @type {(file: File) => void} */ take) => take(found) };
}

/** @param {object[]} dropped */
function walked(dropped) {
  return walk(/** @type {FileSystemEntry[]} */ (dropped));
}

test('a folder comes whole, with folders that are empty', async () => {
  const cells = Array.from({ length: 250 }, (_, index) => file(`/plate/well/${index}.tif`));
  const plate = folder('/plate', [folder('/plate/well', cells), folder('/plate/empty', [])]);
  const tree = await walked([plate, file('/notes.txt')]);
  assert.deepEqual(tree.folders, ['plate', 'plate/well', 'plate/empty']);
  assert.equal(tree.files.length, 251);
  assert.equal(tree.files[249]?.path, 'plate/well/249.tif');
  assert.deepEqual(roots(tree), ['plate', 'notes.txt']);
});

test('a file without an entry comes by its name', async () => {
  const plain = new File(['cells'], 'cells.tif');
  assert.deepEqual(await walk([plain]), { files: [{ path: 'cells.tif', file: plain }], folders: [] });
});

test('what cannot be read is an error', async () => {
  const broken = { ...file('/gone.tif'), file: (/** @type {any} */ _, /** @type {any} */ fail) => fail(new Error('gone')) };
  await assert.rejects(walked([broken]), /gone/);
});

test('a folder that was chosen has its folders in the paths of its files', () => {
  const chosen = ['plate/a.tif', 'plate/well/b.tif'].map((path) =>
    Object.assign(new File([], 'x'), { webkitRelativePath: path }),
  );
  const tree = treeOf(chosen);
  assert.deepEqual(tree.folders, ['plate', 'plate/well']);
  assert.deepEqual(roots(tree), ['plate']);
});
