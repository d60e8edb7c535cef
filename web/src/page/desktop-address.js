// @ts-check
// Where the desktop's WebSocket is, as the page's address asks for it.

import { socketAddress } from '../connection/socket-address.js';

/**
 * The address for a path; for one that cannot be, that of the page's own desktop.
 *
 * @param {string} path - of the WebSocket
 */
export function desktopAddress(path) {
  try {
    return socketAddress(path, location.href);
  } catch (error) {
    console.warn(`URL parameter path: ${error}`);
    return socketAddress('websockify', location.href);
  }
}
