// @ts-check
// Where the page's WebSockets lead.

/**
 * The WebSocket address of a path on the page's own server, relative to the page's folder.
 *
 * @param {string} path - such as `websockify?token=NAME`
 * @param {string} page - the page's address
 * @returns {string} ws: for a page over http, wss: over https
 * @throws {Error} when the path leads to another server
 */
export function socketAddress(path, page) {
  const { host, protocol } = new URL(page);
  const address = new URL(path, page);
  if (address.host !== host) throw new Error(`${path}: expected a path on ${host}`);
  address.protocol = protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  return address.href;
}
