// @ts-check
// Which system's keyboard the visitor types on, as far as browsers tell of keys in different ways.

/** @typedef {'apple' | 'windows' | 'other'} Platform */

/**
 * The platform that a browser says it runs on.
 *
 * @param {{platform: string, userAgentData?: {platform: string}}} navigator
 * @returns {Platform}
 */
export function platformOf({ platform, userAgentData }) {
  const name = userAgentData?.platform || platform;
  if (/mac|iphone|ipad|ios/i.test(name)) return 'apple';
  return /^win/i.test(name) ? 'windows' : 'other';
}
