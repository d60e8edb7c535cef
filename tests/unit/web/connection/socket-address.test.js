// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { socketAddress } from '../../../../web/src/connection/socket-address.js';

test('a path is relative to the folder of the page', () => {
  assert.equal(socketAddress('websockify', 'http://host:8888/'), 'ws://host:8888/websockify');
  assert.equal(socketAddress('api/events', 'http://host/user/ada/desktop/'), 'ws://host/user/ada/desktop/api/events');
  assert.equal(socketAddress('ws/', 'http://host/a/vnc.html?path=ws/'), 'ws://host/a/ws/');
  assert.equal(socketAddress('/ws', 'http://host/a/'), 'ws://host/ws');
});

test('a page over https has its sockets over TLS', () => {
  assert.equal(socketAddress('websockify', 'https://host/a/#resize=off'), 'wss://host/a/websockify');
});

test('a path may have a query; a hash is no part of the address of a socket', () => {
  assert.equal(socketAddress('websockify?token=ada#x', 'http://host/'), 'ws://host/websockify?token=ada');
});

test('a path to another server is an error that names both', () => {
  for (const path of ['//evil.example/ws', 'http://evil.example/', 'ws://host:1/', 'javascript:alert(1)']) {
    assert.throws(() => socketAddress(path, 'http://host/'), {
      message: `${path}: expected a path on host`,
    });
  }
});
