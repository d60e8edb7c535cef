// @ts-check
// A WebSocket for noVNC whose messages Chromium does not hold back. After a key or a press it runs hardly any task of a page before
// the next frame (its feature DeferRendererTasksAfterInput): the answer to a click would be seen one frame later than it could
// be. A thread's socket gets its messages at once, and a BroadcastChannel is among what goes on in the page.

/** @import { SocketNews, SocketRequest } from './socket-messages' */

// First bytes of KeyEvent, PointerEvent (RFC 6143 sections 7.5.4, 7.5.5), and QEMU's extended key event (rfbproto).
const INPUT = [4, 5, 255];

/**
 * Open a WebSocket, by a thread where that is sooner.
 *
 * @param {string} address - ws: or wss:
 * @param {string[]} protocols
 * @returns {WebSocket | PromptSocket}
 */
export function openSocket(address, protocols) {
  // Only Chromium and its relatives have this object, and hold messages back. A sandboxed frame, of no origin, has no threads.
  const holdsBack = 'chrome' in window && window.origin !== 'null';
  return holdsBack && PromptSocket.possible ? new PromptSocket(address, protocols) : new WebSocket(address, protocols);
}

/** What noVNC uses of a WebSocket. */
export class PromptSocket {
  /** Whether threads start here: a policy that a proxy adds may refuse them. */
  static possible = true;

  /** For noVNC: it is what it always is. */
  binaryType = 'arraybuffer';
  protocol = '';
  /** @type {number} as a WebSocket's */
  readyState = WebSocket.CONNECTING;
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: {data: ArrayBuffer}) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onerror = null;
  /** @type {((event: {code: number, reason: string}) => void) | null} */
  onclose = null;

  // A page has one for each connection, and other tabs have theirs.
  #name = `desktopd ${Array.from(crypto.getRandomValues(new Uint32Array(4))).join('-')}`;
  #channel = new BroadcastChannel(this.#name);
  #worker = new Worker(new URL('./socket-worker.js', import.meta.url), { type: 'module' });
  /** @type {Map<number, SocketNews>} what has come before its turn */
  #early = new Map();
  #next = 0;

  /**
   * @param {string} address - ws: or wss:
   * @param {string[]} protocols
   */
  constructor(address, protocols) {
    this.#channel.onmessage = ({ data }) => this.#take(data);
    this.#worker.onmessage = ({ data }) => this.#take(data);
    this.#worker.onerror = () => {
      if (this.#next === 0) PromptSocket.possible = false;
      this.#end({ code: 1006, reason: 'the thread of the connection has failed' });
    };
    this.#ask({ open: { address: new URL(address, location.href).href, protocols, channel: this.#name } });
  }

  /** @param {Uint8Array<ArrayBuffer>} data */
  send(data) {
    const send = data.slice().buffer;
    this.#ask({ send, prompt: INPUT.includes(data[0] ?? 0) }, [send]);
  }

  /** End the connection. */
  close() {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSING;
    this.#ask({ close: true });
  }

  /**
   * @param {SocketRequest} request
   * @param {Transferable[]} [transfer]
   */
  #ask(request, transfer = []) {
    this.#worker.postMessage(request, transfer);
  }

  /** @param {SocketNews} news */
  #take(news) {
    if (news.number < this.#next) return;
    this.#early.set(news.number, news);
    for (let due = this.#early.get(this.#next); due; due = this.#early.get(this.#next)) {
      this.#early.delete(this.#next++);
      this.#tell(due);
    }
  }

  /** @param {SocketNews} news */
  #tell(news) {
    if ('opened' in news) {
      this.protocol = news.opened;
      this.readyState = WebSocket.OPEN;
      this.onopen?.();
    } else if ('data' in news) {
      this.onmessage?.({ data: news.data });
    } else if ('failed' in news) {
      this.onerror?.();
    } else {
      this.#end(news.closed);
    }
  }

  /** @param {{code: number, reason: string}} how */
  #end(how) {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.#worker.terminate();
    this.#channel.close();
    this.onclose?.(how);
  }
}
