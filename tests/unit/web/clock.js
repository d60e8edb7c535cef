// @ts-check
// Time in the tests: it passes only when a test says so.

/** @import { TestContext } from 'node:test' */

/**
 * Stop the time of timeouts, intervals and performance.now for one test; it begins at 0.
 *
 * @param {TestContext} t
 * @returns {(time: number) => void} which lets milliseconds pass
 */
export function stopTime(t) {
  let now = 0;
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  t.mock.method(performance, 'now', () => now);
  return (time) => {
    for (const end = now + time; now < end; ) {
      now += 1;
      t.mock.timers.tick(1);
    }
  };
}
