// @ts-check
// The thread of a WebSocket for prompt-socket.js, which tells why there is one.

/** @import { SocketNews, SocketRequest } from './socket-messages' */

// What the server answers to input within this time, and no larger, takes the way that input does not hold up.
const PROMPT_TIME = 60;
const PROMPT_BYTES = 128 * 1024;

/** @typedef {SocketNews extends infer One ? One extends unknown ? Omit<One, 'number'> : never : never} Told */

/** One WebSocket, and both ways to the page. */
class Line {
  #socket;
  #channel;
  #number = 0;
  #promptUntil = -Infinity;

  /** @param {{address: string, protocols: string[], channel: string}} options - the name of a BroadcastChannel */
  constructor({ address, protocols, channel }) {
    this.#channel = new BroadcastChannel(channel);
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
    if (prompt) this.#promptUntil = performance.now() + PROMPT_TIME;
    this.#socket.send(data);
  }

  /** End the connection. */
  close() {
    this.#socket.close();
  }

  /** @param {Told} told */
  #tell(told) {
    const news = /** @type {SocketNews} */ ({ ...told, number: this.#number++ });
    const data = 'data' in news ? news.data : null;
    const prompt = data !== null && data.byteLength <= PROMPT_BYTES && performance.now() < this.#promptUntil;
    if (prompt) this.#channel.postMessage(news);
    else postMessage(news, { transfer: data ? [data] : [] });
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
