// @ts-check
// The names and paths of files below the server's top folder: `plates/cells.tif`, without a slash at either end.

const MOST = 100;

/**
 * The folder for what is dropped on a day.
 *
 * @param {Date} day - in local time
 */
export function dropFolder(day) {
  const [month, date] = [day.getMonth() + 1, day.getDate()].map((number) => String(number).padStart(2, '0'));
  return `uploads/${day.getFullYear()}-${month}-${date}`;
}

/**
 * A path of a folder and what is in it; the top folder is empty.
 *
 * @param {...string} names
 */
export function join(...names) {
  return names.filter(Boolean).join('/');
}

/** @param {string} path */
export function parent(path) {
  return path.split('/').slice(0, -1).join('/');
}

/**
 * A path as it stands in an address.
 *
 * @param {string} path
 */
export function hrefOf(path) {
  return path.split('/').map(encodeURIComponent).join('/');
}

/**
 * The path that an address of the server names.
 *
 * @param {string} href
 */
export function pathOf(href) {
  return href.replace(/\/$/, '').split('/').map(decodeURIComponent).join('/');
}

/**
 * The names to try for a folder until one is free: `raw`, `raw (2)`, up to `raw (100)`.
 *
 * @param {string} name
 */
export function candidates(name) {
  return Array.from({ length: MOST }, (_, index) => (index === 0 ? name : `${name} (${index + 1})`));
}
