// @ts-check
// Files and folders as a person chose or dropped them, as one flat list; where they go is decided in upload-batch.js.

/**
 * What was chosen or dropped.
 *
 * @typedef {object} FileTree
 * @property {{path: string, file: File}[]} files - path: from the place that they go to
 * @property {string[]} folders - paths of all folders, also of empty ones; each after the one that it is in
 */

/**
 * All files of what was dropped, folders by folders.
 *
 * @param {(FileSystemEntry | File)[]} dropped
 * @returns {Promise<FileTree>}
 * @throws {DOMException} for what the browser cannot read
 */
export async function walk(dropped) {
  /** @type {FileTree} */
  const tree = { files: [], folders: [] };
  for (const one of dropped) await collect(one, tree);
  return tree;
}

/**
 * All files of an input element, with their folders where a folder was chosen.
 *
 * @param {Iterable<File>} chosen
 * @returns {FileTree}
 */
export function treeOf(chosen) {
  const files = [...chosen].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return { files, folders: [...new Set(files.flatMap(({ path }) => ancestors(path)))] };
}

/** @param {FileTree} tree */
export function roots({ files, folders }) {
  const all = [...folders, ...files.map(({ path }) => path)];
  return [...new Set(all.map((path) => path.split('/')[0] ?? ''))];
}

/**
 * @param {FileSystemEntry | File} one
 * @param {FileTree} tree
 */
async function collect(one, tree) {
  if (one instanceof File) {
    tree.files.push({ path: one.name, file: one });
    return;
  }
  const path = one.fullPath.replace(/^\//, '');
  if (one.isDirectory) {
    tree.folders.push(path);
    for (const child of await children(/** @type {FileSystemDirectoryEntry} */ (one))) await collect(child, tree);
    return;
  }
  tree.files.push({ path, file: await fileOf(/** @type {FileSystemFileEntry} */ (one)) });
}

/**
 * @param {FileSystemDirectoryEntry} folder
 * @returns {Promise<FileSystemEntry[]>}
 */
async function children(folder) {
  const reader = folder.createReader();
  const all = [];
  // Chromium gives a hundred at a time; the empty answer is the end.
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
function fileOf(entry) {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/** @param {string} path */
function ancestors(path) {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
