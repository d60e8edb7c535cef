// @ts-check
// When the end of the machine is to be told, in minutes before it.

const WARNINGS = [15, 5];
// setTimeout takes no longer time, and a clock may be set meanwhile.
const LONGEST = 60;

/**
 * The warning that stands at `left` minutes before the end, `Infinity` for none yet, and in how many minutes to look again.
 *
 * @param {number} left
 * @returns {{warning: number, next: number}}
 */
export function endingWarning(left) {
  const warning = Math.min(Infinity, ...WARNINGS.filter((minutes) => left <= minutes));
  const coming = WARNINGS.find((minutes) => minutes < left) ?? 0;
  // While a warning stands, its minutes go down.
  const next = warning === Infinity ? Math.min(LONGEST, left - coming) : Math.min(1, left - coming);
  return { warning, next: Math.max(0.1, next) };
}
