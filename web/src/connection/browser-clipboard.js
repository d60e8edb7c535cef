// @ts-check
// This computer's clipboard, as far as the browser gives it to a page.

/** @import { Content } from './clipboard-content.js' */

/**
 * What to put on the clipboard, of which HTML and image (PNG) may still be on their way.
 *
 * @typedef {{text: string, html: Promise<string> | null, image: Promise<Blob> | null}} Copy
 */

/**
 * Whether reading the clipboard is in a state of permission; never where the browser knows no such permission.
 *
 * @param {PermissionState} state
 */
export async function mayRead(state) {
  if (!navigator.clipboard?.read) return false;
  try {
    const name = /** @type {PermissionName} */ ('clipboard-read');
    return (await navigator.permissions.query({ name })).state === state;
  } catch {
    // Firefox and Safari have no permission for it: there a paste key is the way.
    return false;
  }
}

/** Whether a key or click was just now, so that the browser lets the page copy; where it does not say, it may have been. */
export function isActive() {
  return navigator.userActivation?.isActive ?? true;
}

/** Whether the browser can be given something without a question to the user, which Chromium would ask for long after a key. */
export async function mayCopy() {
  return !navigator.clipboard || isActive() || (await mayRead('granted'));
}

/**
 * What is on the clipboard; the browser may ask the user.
 *
 * @returns {Promise<Content>}
 * @throws {Error} where the browser does not give it
 */
export async function read() {
  const items = await navigator.clipboard.read();
  const blobOf = async (/** @type {string} */ type) => {
    const item = items.find(({ types }) => types.includes(type));
    return item ? await item.getType(type) : null;
  };
  return {
    text: (await (await blobOf('text/plain'))?.text()) ?? '',
    html: (await (await blobOf('text/html'))?.text()) ?? '',
    image: await blobOf('image/png'),
  };
}

/**
 * Put text on the clipboard. Call it from a click where the browser needs one.
 *
 * @param {string} text
 * @returns {Promise<boolean>} whether the browser took it
 */
export async function copy(text) {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not allowed now; the older command may be.
  }
  return copyByCommand(text);
}

/**
 * Put something on the clipboard in all its forms. Call it from a click where the browser needs one.
 *
 * @param {Copy} copied
 * @returns {Promise<boolean>} whether the browser took all of it
 */
export async function copyForms({ text, html, image }) {
  if (!image && !html) return await copy(text);
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.write([itemOf({ text, html, image })]);
      return true;
    }
  } catch (error) {
    console.info('The browser keeps its clipboard:', error);
  }
  // Better the text than nothing.
  return text !== '' && (await copy(text)) && !image;
}

/**
 * One item of all forms. The browser takes promises, so that the call itself comes while it is allowed.
 *
 * @param {Copy} copied
 */
function itemOf({ text, html, image }) {
  /** @type {Record<string, Promise<Blob>>} */
  const forms = {};
  if (text) forms['text/plain'] = Promise.resolve(new Blob([text], { type: 'text/plain' }));
  if (html) forms['text/html'] = html.then((markup) => new Blob([markup], { type: 'text/html' }));
  if (image) forms['image/png'] = image;
  return new ClipboardItem(forms);
}

/**
 * Copy text by the old command, the only one over plain http, without moving the focus. It knows no images.
 *
 * @param {string} text
 * @returns {boolean} whether the browser did it
 */
function copyByCommand(text) {
  const selection = document.getSelection();
  if (!selection) return false;
  const carrier = document.createElement('span');
  carrier.className = 'copy-carrier';
  carrier.textContent = text;
  document.body.append(carrier);
  /** @param {ClipboardEvent} event */
  const fill = (event) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', fill, { capture: true });
  const giveBackCaret = keepCaret();
  try {
    selection.selectAllChildren(carrier);
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', fill, { capture: true });
    selection.removeAllRanges();
    carrier.remove();
    giveBackCaret();
  }
}

/**
 * Remember where the field with the focus is written to: WebKit writes nothing into one that the selection has left.
 *
 * @returns {() => void} which puts the caret there again
 */
function keepCaret() {
  const field = document.activeElement;
  if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return () => {};
  const { selectionStart, selectionEnd } = field;
  // A field of numbers or files has no caret.
  return selectionStart === null ? () => {} : () => field.setSelectionRange(selectionStart, selectionEnd);
}
