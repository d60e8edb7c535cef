// @ts-check

/**
 * The WebSocket address of a path on this page's own server, relative to the page's folder.
 *
 * @param {string} path - such as `websockify?token=NAME`
 * @returns {string} ws: for a page over http, wss: over https
 * @throws {Error} when the path leads to another server
 */
export function socketAddress(path) {
  const address = new URL(path, location.href);
  if (address.host !== location.host) {
    throw new Error(`${path}: expected a path on ${location.host}`);
  }
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return address.href;
}
