// @ts-check
// Links that load a file, in a page that has a key and no cookie: a link shows no key, so that each click takes a ticket.

/** @import { Session } from '../connection/session.js' */

import { pageKey } from '../connection/page-key.js';

/**
 * Take over the clicks on such links, wherever they are.
 *
 * @param {Pick<Session, 'ticket'>} session
 * @param {(error: unknown) => void} failed
 */
export function takeOverDownloads(session, failed) {
  if (!pageKey()) return;
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[download]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    session.ticket().then((ticket) => load(link, ticket), failed);
  });
}

/**
 * @param {HTMLAnchorElement} link
 * @param {string} ticket
 */
function load(link, ticket) {
  const address = new URL(link.href);
  address.searchParams.set('ticket', ticket);
  const once = document.createElement('a');
  once.href = address.href;
  once.download = link.download;
  once.click();
}
