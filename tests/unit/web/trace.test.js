// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Trace } from '../../../web/src/trace.js';

test('times are those of the server in microseconds, names those of lines', () => {
  const trace = new Trace();
  trace.span('connection', 'send', 2, 2.5, { at: 7 });
  trace.arrow('connection', 'start', 'to the server', 7, 2);
  const events = trace.events(1000);
  assert.deepEqual(events.at(-2), { ph: 'X', name: 'send', pid: 1, tid: 2, ts: 3000, dur: 500, args: { at: 7 } });
  const { ph, id, ts } = /** @type {import('../../../web/src/trace.js').TraceEvent} */ (events.at(-1));
  assert.deepEqual([ph, id, ts], ['s', 'to the server 7', 3000]);
  assert.deepEqual(
    events.filter((event) => event.ph === 'M').map((event) => Object(event.args).name),
    ['page', 'events', 'connection', 'decoder', 'picture'],
  );
});

test('what is older than the last events is dropped', () => {
  const trace = new Trace();
  for (let at = 0; at <= 200_000; at += 1) trace.span('picture', 'drawing', at, at);
  const left = trace.events(0).filter((event) => event.ph === 'X');
  assert.deepEqual([left.length, left[0]?.ts], [180_001, 20_000 * 1000]);
});
