// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HttpError, sentences } from '../../../../web/src/connection/http-error.js';

test('it tells the server’s error and remedy', async () => {
  const body = JSON.stringify({ error: 'no display now', remedy: 'Wait for it' });
  const error = await HttpError.read(new Response(body, { status: 503, statusText: 'Service Unavailable' }));
  assert.equal(error.status, 503);
  assert.equal(error.explanation, 'no display now. Wait for it');
  assert.equal(error.message, error.explanation);
});

test('an answer of somebody else, such as a proxy, leaves the status', async () => {
  for (const body of ['<html>Bad Gateway</html>', '', '{}']) {
    const error = await HttpError.read(new Response(body, { status: 502, statusText: 'Bad Gateway' }));
    assert.deepEqual([error.explanation, error.reason, error.message], ['', 'Bad Gateway', '502 Bad Gateway']);
  }
});

test('HTTP/2 has no words for a status', async () => {
  const error = await HttpError.read(new Response('', { status: 502 }));
  assert.equal(error.message, '502');
});

test('an error may come without a remedy', () => {
  assert.equal(sentences({ error: 'too large' }), 'too large');
  assert.equal(sentences({ error: 'too large', remedy: '' }), 'too large');
  assert.equal(sentences({}), '');
});

test('error and remedy are sentences of the reader’s language', () => {
  assert.equal(sentences({ error: 'too large', remedy: 'send less' }, 'en'), 'too large. Send less');
  assert.equal(sentences({ error: '磁盘已满', remedy: '请删除一些内容' }, 'zh-Hans'), '磁盘已满。请删除一些内容');
});
