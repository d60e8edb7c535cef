// @ts-check
// The thread of a WebSocket for prompt-socket.js, which tells why there is one.

/** @import { SocketNews, SocketRequest } from './socket-messages' */

import { BothWays } from './both-ways.js';

/** @typedef {SocketNews extends infer One ? One extends unknown ? Omit<One, 'number'> : never : never} Told */

/** One WebSocket, and both ways to the page. */
class Line {
  #socket;
  #ways;
  #number = 0;

  /** @param {{address: string, protocols: string[], channel: string}} options - the name of a BroadcastChannel */
  constructor({ address, protocols, channel }) {
    const prompt = new BroadcastChannel(channel);
    this.#ways = new BothWays(
      (news, transfer) => postMessage(news, { transfer }),
      (news) => prompt.postMessage(news),
    );
    this.#socket = new WebSocket(address, protocols);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#tell({ opened: this.#socket.protocol });
    this.#socket.onmessage = ({ data }) => this.#tell({ data });
    this.#socket.onerror = () => this.#tell({ failed: true });
    this.#socket.onclose = ({ code, reason }) => this.#tell({ closed: { code, reason } });
  }

  /**
   * @param {ArrayBuffer} data
   * @param {boolean} prompt - whether an answer is awaited, as to input
   */
  send(data, prompt) {
    if (prompt) this.#ways.input();
    this.#socket.send(data);
  }

  /** End the connection. */
  close() {
    this.#socket.close();
  }

  /** @param {Told} told */
  #tell(told) {
    this.#ways.tell(/** @type {SocketNews} */ ({ ...told, number: this.#number++ }));
  }
}

/** @param {SocketRequest} request - the first */
function begin(request) {
  if (!('open' in request)) return;
  const line = new Line(request.open);
  addEventListener('message', (/** @type {MessageEvent<SocketRequest>} */ { data }) => {
    if ('send' in data) line.send(data.send, data.prompt);
    else line.close();
  });
}

addEventListener('message', ({ data }) => begin(data), { once: true });
