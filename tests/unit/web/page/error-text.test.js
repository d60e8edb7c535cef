// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HttpError } from '../../../../web/src/connection/http-error.js';
import { errorText, faultText } from '../../../../web/src/page/error-text.js';
import { texts } from '../../../../web/src/page/texts.js';

test('the server has the word where it has said why', () => {
  const error = new HttpError(421, 'Misdirected Request', 'unknown Host. Set allowed_hosts');
  assert.equal(errorText(error), 'unknown Host. Set allowed_hosts');
  assert.equal(faultText({ part: 'server', error }), 'unknown Host. Set allowed_hosts');
  assert.equal(faultText({ part: 'websocket', error }), 'unknown Host. Set allowed_hosts');
});

test('a proxy that reaches nothing is told from one that holds WebSockets back', () => {
  const error = new HttpError(502, 'Bad Gateway', '');
  assert.equal(faultText({ part: 'server', error }), texts.trouble.gateway(502));
  assert.equal(faultText({ part: 'websocket', error }), texts.trouble.gatewayOfSockets(502));
});

test('a proxy that takes nothing so large is told from the desktop itself', () => {
  assert.equal(errorText(new HttpError(413, '', '')), texts.trouble.tooLargeForProxy);
  assert.equal(errorText(new HttpError(413, '', 'too large. Send less')), 'too large. Send less');
});

test('the desktop’s own 503 is in its own words', () => {
  const error = new HttpError(503, '', 'there is no display now. Try again in a second');
  assert.equal(faultText({ part: 'server', error }), error.explanation);
});

test('what an ordinary request to a WebSocket is answered says nothing of the way', () => {
  const missing = new HttpError(404, '', 'not found. Check the address');
  for (const error of [null, missing, new TypeError('failed to fetch')]) {
    assert.equal(faultText({ part: 'websocket', error }), texts.trouble.socketsBlocked);
  }
});

test('silence is silence', () => {
  assert.equal(faultText({ part: 'server', error: new TypeError('failed to fetch') }), texts.notice.silent);
});
