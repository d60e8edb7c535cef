// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HttpError } from '../../../../web/src/connection/http-error.js';
import { failure, mayRetry } from '../../../../web/src/connection/upload.js';

/**
 * @param {number} status
 * @param {string} body
 */
function answered(status, body) {
  const error = { originalResponse: { getStatus: () => status, getBody: () => body } };
  return failure(/** @type {Parameters<typeof failure>[0]} */ (/** @type {unknown} */ (error)));
}

test('what another try may help is tried again, and nothing else', () => {
  for (const status of [0, 408, 423, 500, 502, 503, 504]) assert.ok(mayRetry('PATCH', status), String(status));
  for (const status of [400, 401, 403, 404, 413, 507]) assert.ok(!mayRetry('PATCH', status), String(status));
});

test('a wrong offset is asked for anew; a name in the way stays there', () => {
  assert.ok(mayRetry('PATCH', 409));
  assert.ok(!mayRetry('POST', 409));
});

test('an answer is an HttpError with the words of the server', () => {
  const error = answered(413, '{"error": "too large", "remedy": "send less"}');
  assert.ok(error instanceof HttpError);
  assert.equal(error.status, 413);
  assert.equal(error.explanation, 'too large. Send less');
  assert.equal(/** @type {HttpError} */ (answered(502, '<html>')).explanation, '');
});

test('no answer is a TypeError, as of fetch; other errors stay what they are', () => {
  const lost = { originalResponse: null };
  assert.ok(failure(/** @type {any} */ (lost)) instanceof TypeError);
  const other = new RangeError('other');
  assert.equal(failure(other), other);
});
