// @ts-check
// What this browser is to remember of this desktop beyond the life of the page.

/** One value under a name, for the desktop at this page's address alone. */
export class BrowserMemory {
  #key;
  #storage;

  /**
   * @param {string} name
   * @param {string} place - path of the desktop
   * @param {Pick<Storage, 'getItem' | 'setItem'> | null} storage - null where the browser gives none
   */
  constructor(name, place = new URL('.', location.href).pathname, storage = storageOfBrowser()) {
    this.#key = `desktopd ${place} ${name}`;
    this.#storage = storage;
  }

  /**
   * @returns {unknown} what was kept, as JSON gives it back; null where nothing was
   */
  get value() {
    try {
      return JSON.parse(this.#storage?.getItem(this.#key) ?? 'null');
    } catch {
      // Somebody else has written there.
      return null;
    }
  }

  /** @param {unknown} value - for JSON */
  set value(value) {
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(value));
    } catch {
      // It is full: the page forgets at its end.
    }
  }
}

/** A page in a frame of another site may have none, and hears so by an error. */
function storageOfBrowser() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
