// @ts-check
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { PromptSocket, openSocket } from '../../../../web/src/novnc/prompt-socket.js';

/** The thread as a test plays it. */
class Thread {
  /** @type {Thread[]} */
  static started = [];
  /** @type {any[]} what the page has asked for */
  asked = [];
  ended = false;
  /** @type {(event: {data: unknown}) => void} */
  onmessage = () => {};
  onerror = () => {};

  constructor() {
    Thread.started.push(this);
  }

  /** @param {unknown} request */
  postMessage(request) {
    this.asked.push(request);
  }

  terminate() {
    this.ended = true;
  }
}

/** The other way, without the system's own. */
class Channel {
  /** @type {Channel[]} */
  static opened = [];
  /** @type {(event: {data: unknown}) => void} */
  onmessage = () => {};
  closed = false;

  /** @param {string} name */
  constructor(name) {
    this.name = name;
    Channel.opened.push(this);
  }

  close() {
    this.closed = true;
  }
}

/** The browser's own. */
class OwnSocket {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;
}

beforeEach(() => {
  PromptSocket.possible = true;
  Thread.started = [];
  Channel.opened = [];
  const window = { chrome: {}, origin: 'http://desktop.test' };
  Object.assign(globalThis, { Worker: Thread, BroadcastChannel: Channel, window });
  Object.assign(globalThis, { WebSocket: OwnSocket, location: { href: 'http://desktop.test/below/' } });
});

afterEach(() => {
  for (const name of ['Worker', 'WebSocket', 'window', 'location']) Reflect.deleteProperty(globalThis, name);
});

function opened() {
  const socket = new PromptSocket('ws://desktop.test/websockify', ['binary']);
  const [thread] = Thread.started;
  const [channel] = Channel.opened;
  assert.ok(thread && channel);
  /** @type {string[]} */
  const told = [];
  socket.onopen = () => told.push(`open ${socket.protocol}`);
  socket.onmessage = ({ data }) => told.push(`data ${new Uint8Array(data).join(' ')}`);
  socket.onclose = ({ code }) => told.push(`close ${code}`);
  return { socket, thread, channel, told };
}

test('what comes on both ways is told once', () => {
  const { thread, channel, told } = opened();
  thread.onmessage({ data: { number: 0, opened: 'binary' } });
  const news = { number: 1, data: new Uint8Array([7]).buffer };
  channel.onmessage({ data: news });
  thread.onmessage({ data: news });
  channel.onmessage({ data: { number: 2, data: new Uint8Array([8]).buffer } });
  assert.deepEqual(told, ['open binary', 'data 7', 'data 8']);
});

test('messages come in their order, whichever way they take', () => {
  const { socket, thread, channel, told } = opened();
  const { address, protocols, channel: name } = thread.asked[0].open;
  assert.deepEqual([address, protocols, name], ['ws://desktop.test/websockify', ['binary'], channel.name]);
  thread.onmessage({ data: { number: 0, opened: 'binary' } });
  assert.equal(socket.readyState, OwnSocket.OPEN);
  channel.onmessage({ data: { number: 2, data: new Uint8Array([2]).buffer } });
  channel.onmessage({ data: { number: 3, data: new Uint8Array([3]).buffer } });
  thread.onmessage({ data: { number: 5, closed: { code: 1012, reason: '' } } });
  assert.deepEqual(told, ['open binary']);
  thread.onmessage({ data: { number: 1, data: new Uint8Array([1]).buffer } });
  thread.onmessage({ data: { number: 4, data: new Uint8Array([4]).buffer } });
  assert.deepEqual(told, ['open binary', 'data 1', 'data 2', 'data 3', 'data 4', 'close 1012']);
  assert.deepEqual([socket.readyState, thread.ended, channel.closed], [OwnSocket.CLOSED, true, true]);
});

test('what is sent is copied, and input is told from the rest', () => {
  const { socket, thread } = opened();
  const buffer = new Uint8Array([9, 5, 0, 3, 4]);
  socket.send(buffer.subarray(1, 3));
  socket.send(buffer.subarray(3));
  socket.send(buffer.subarray(4));
  const sent = thread.asked.slice(1).map(({ send, prompt }) => [...new Uint8Array(send), prompt]);
  assert.deepEqual(sent, [
    [5, 0, true],
    [3, 4, false],
    [4, true],
  ]);
  assert.equal(buffer.length, 5);
});

test('a thread that fails ends the connection, once', () => {
  const { socket, thread, told } = opened();
  thread.onerror();
  thread.onerror();
  socket.close();
  assert.deepEqual(told, ['close 1006']);
});

test('where no thread starts, the next connection does without', () => {
  const { thread } = opened();
  thread.onmessage({ data: { number: 0, opened: 'binary' } });
  thread.onerror();
  assert.ok(openSocket('ws://desktop.test/', []) instanceof PromptSocket, 'that one did start');
  Thread.started.at(-1)?.onerror();
  assert.ok(openSocket('ws://desktop.test/', []) instanceof OwnSocket);
});

test('a browser that holds nothing back has its own WebSocket, and so has a frame without threads', () => {
  assert.ok(openSocket('ws://desktop.test/', []) instanceof PromptSocket);
  Thread.started = [];
  for (const window of [{}, { chrome: {}, origin: 'null' }]) {
    Object.assign(globalThis, { window });
    assert.ok(openSocket('ws://desktop.test/', []) instanceof OwnSocket);
  }
  assert.deepEqual(Thread.started, []);
});
