// @ts-check
// How the page shows who it is: where the browser keeps no cookie for it, by the key that the server has put into it; where it
// has several, by the role or link of the page's address; and among several people at one desktop, by a key that is this
// browser's own. Every request, WebSocket and link takes them from here.

import { readerLanguage } from './reader-language.js';

const PERSON = /^[\w-]{22,64}$/;
const ROLE = /^\w+$/;

const own = { person: '' };

/**
 * Have this browser be one person, in all of its tabs and when it comes again.
 *
 * @param {{value: unknown}} memory - keeps the key, where the browser lets it
 */
export function keepPerson(memory) {
  const kept = memory.value;
  own.person = typeof kept === 'string' && PERSON.test(kept) ? kept : newKey();
  if (own.person !== kept) memory.value = own.person;
}

/** 192 random bits; `crypto.randomUUID` is there at secure addresses alone. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
}

/** The server's key, empty where a cookie does. */
export function pageKey() {
  /** @type {HTMLMetaElement | null | undefined} */
  const meta = globalThis.document?.querySelector('meta[name="page-key"]');
  return meta?.content ?? '';
}

/** As whom this page has come, which says what cookie of its browser counts; empty outside of a page. */
export function pageRole() {
  const { location } = globalThis;
  if (!location) return '';
  const asked = new URLSearchParams(location.search).get('as') ?? '';
  return ROLE.test(asked) ? asked : 'control';
}

/**
 * The address of a link that the browser follows by itself, without any header.
 *
 * @param {string} path - below the page's own address
 */
export function linked(path) {
  const role = pageRole();
  if (role === '' || role === 'control') return path;
  return `${path}${path.includes('?') ? '&' : '?'}as=${encodeURIComponent(role)}`;
}

/**
 * The headers of a request.
 *
 * @returns {Record<string, string>}
 */
export function authorization() {
  const key = pageKey();
  const { person } = own;
  const role = pageRole();
  const language = readerLanguage();
  return {
    ...(key && { Authorization: `Bearer ${key}` }),
    ...(person && { 'X-Desktopd-Person': person }),
    ...(role && { 'X-Desktopd-As': role }),
    ...(language && { 'Accept-Language': language }),
  };
}

/**
 * The subprotocols of a WebSocket, which has no headers of its own.
 *
 * @param {string} name - what is spoken on it
 * @returns {string[]} none where there is nothing to show
 */
export function protocols(name) {
  const key = pageKey();
  const role = pageRole();
  const shown = [
    ...(key ? [`desktopd.bearer.${key}`] : []),
    ...(own.person ? [`desktopd.person.${own.person}`] : []),
    ...(role ? [`desktopd.as.${role}`] : []),
  ];
  return shown.length > 0 ? [name, ...shown] : [];
}
