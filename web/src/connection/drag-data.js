// @ts-check
// What a drag over the page carries, by the browser's rules; it can be read only while the event of the drop is handled.

/**
 * Files and folders, links, or text.
 *
 * @typedef {{files: (FileSystemEntry | File)[]} | {urls: string[]} | {text: string}} Dragged
 */

/**
 * What was dropped; null for nothing that could be taken.
 *
 * @param {DataTransfer} data
 * @returns {Dragged | null}
 */
export function dragged(data) {
  // An image that was dragged out of another page has both; the file is what a program can open.
  const files = [...data.items].filter(({ kind }) => kind === 'file').map(fileOrFolder);
  const found = files.filter((one) => one !== null);
  if (found.length > 0) return { files: found };
  const urls = links(data.getData('text/uri-list'));
  if (urls.length > 0) return { urls };
  const text = data.getData('text/plain');
  return text ? { text } : null;
}

/**
 * The links of a `text/uri-list` (RFC 2483 section 5): a line each, with comments between.
 *
 * @param {string} list
 */
export function links(list) {
  return list.split(/\r\n|\r|\n/).filter((line) => line !== '' && !line.startsWith('#'));
}

/** @param {DataTransferItem} item */
function fileOrFolder(item) {
  // A browser without folders has the file alone; data made by a script has no entry.
  return item.webkitGetAsEntry?.() ?? item.getAsFile();
}
