// @ts-check
// What the page does for a visitor whom the server does not know any more.

import { pageKey } from '../connection/page-key.js';

// A sign-in that fails again within this time (milliseconds) is not tried by another reload.
const RELOAD_GAP = 10_000;

/**
 * Take the ticket, which is used up, out of the page's address.
 *
 * @param {Pick<Location, 'pathname' | 'search' | 'hash'>} place
 * @param {Pick<History, 'state' | 'replaceState'>} history
 */
export function forgetTicket({ pathname, search, hash }, history) {
  const parts = search.slice(1).split('&');
  const kept = parts.filter((part) => part.split('=')[0] !== 'ticket');
  if (kept.length === parts.length) return;
  history.replaceState(history.state, '', pathname + (kept.length > 0 ? `?${kept.join('&')}` : '') + hash);
}

/**
 * Reload the page, in whose place the server shows its sign-in form: the one of the page's own role, also where the browser has
 * another one.
 *
 * @returns {boolean} false when that has just been tried, or would not help
 */
export function signIn() {
  if (pageKey()) return false;
  const last = Number(sessionStorage.getItem('reloaded'));
  if (Date.now() - last < RELOAD_GAP) return false;
  sessionStorage.setItem('reloaded', String(Date.now()));
  const address = new URL(location.href);
  if (address.searchParams.has('as')) location.reload();
  else {
    address.searchParams.set('as', 'control');
    location.replace(address);
  }
  return true;
}
