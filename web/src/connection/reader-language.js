// @ts-check
// The language in which the server is to answer: that of the page, which its reader may have chosen.

/** BCP 47; empty where there is no page. */
export function readerLanguage() {
  return globalThis.document?.documentElement?.lang ?? '';
}
