// @ts-check
// How the page shows who it is where the browser keeps no cookie for it: by the key that the server has put into it. Every
// request and WebSocket takes it from here.

/** The key, empty where a cookie does. */
export function pageKey() {
  /** @type {HTMLMetaElement | null | undefined} */
  const meta = globalThis.document?.querySelector('meta[name="page-key"]');
  return meta?.content ?? '';
}

/**
 * The header of a request.
 *
 * @returns {Record<string, string>}
 */
export function authorization() {
  const key = pageKey();
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/**
 * The subprotocols of a WebSocket, which has no headers of its own.
 *
 * @param {string} name - what is spoken on it
 * @returns {string[]}
 */
export function protocols(name) {
  const key = pageKey();
  return key ? [name, `desktopd.bearer.${key}`] : [];
}
