// @ts-check
// This computer's clipboard, as far as the browser gives it to a page.

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
 * The text on the clipboard; the browser may ask the user.
 *
 * @returns {Promise<string>}
 * @throws {Error} where the browser does not give it
 */
export async function read() {
  return await navigator.clipboard.readText();
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
 * Copy by the old command, the only one over plain http, without moving the focus.
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
  try {
    selection.selectAllChildren(carrier);
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', fill, { capture: true });
    selection.removeAllRanges();
    carrier.remove();
  }
}
