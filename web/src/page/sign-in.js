// @ts-check
// What the page does for a visitor whom the server does not know any more.

// A sign-in that fails again within this time (milliseconds) is not tried by another reload.
const RELOAD_GAP = 10_000;

/**
 * Reload the page, in whose place the server shows its sign-in form.
 *
 * @returns {boolean} false when that has just been tried
 */
export function signIn() {
  const last = Number(sessionStorage.getItem('reloaded'));
  if (Date.now() - last < RELOAD_GAP) return false;
  sessionStorage.setItem('reloaded', String(Date.now()));
  location.reload();
  return true;
}
