// @ts-check

/** Whether the machine is one of Apple's, where Command takes the place of Control. */
const APPLE = /mac|iphone|ipad/i.test(navigator.platform);

/**
 * Whether a key event is the browser's own key for pasting.
 *
 * @param {KeyboardEvent} event
 */
export function chord(event) {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (altKey) return false;
  if (key === 'Insert') return shiftKey && !ctrlKey && !metaKey;
  // Layouts without Latin letters paste with the key that is V elsewhere.
  const letterV = key.toLowerCase() === 'v' || (code === 'KeyV' && key > '\u007f');
  return letterV && (APPLE ? metaKey && !ctrlKey : ctrlKey && !metaKey);
}

/**
 * Whether reading the clipboard is in a state of permission; never where the browser knows no such permission.
 *
 * @param {PermissionState} state
 */
export async function mayRead(state) {
  if (!navigator.clipboard?.readText) return false;
  try {
    const name = /** @type {PermissionName} */ ('clipboard-read');
    return (await navigator.permissions.query({ name })).state === state;
  } catch {
    // Firefox and Safari have no permission for it: there a paste key is the way.
    return false;
  }
}

/**
 * Copy by the old command, the only one over plain http, without moving the focus.
 *
 * @param {string} text
 * @returns {boolean} whether the browser did it
 */
export function copyByCommand(text) {
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
  try {
    selection.selectAllChildren(carrier);
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', fill, { capture: true });
    selection.removeAllRanges();
    carrier.remove();
  }
}
