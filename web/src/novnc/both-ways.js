// @ts-check
// Which way news of a WebSocket takes from its thread to the page; prompt-socket.js tells why there are two.

/** @import { SocketNews } from './socket-messages' */

// What the server answers to input within this time (milliseconds), and no larger, takes the way that input does not hold up.
const PROMPT_TIME = 60;
const PROMPT_BYTES = 128 * 1024;
// What has gone the other way for so long has come: the page was held up by no input then (milliseconds).
const UNDER_WAY = 20;

/** The usual way, and the one that costs more and is never held up. */
export class BothWays {
  #usual;
  #prompt;
  #promptUntil = -Infinity;
  /** @type {{news: SocketNews, bytes: number, at: number}[]} copies of what went the usual way just now */
  #underWay = [];
  #bytes = 0;

  /**
   * @param {(news: SocketNews, transfer: Transferable[]) => void} usual
   * @param {(news: SocketNews) => void} prompt
   */
  constructor(usual, prompt) {
    this.#usual = usual;
    this.#prompt = prompt;
  }

  /** There is input: what may not have come yet goes the prompt way once more, before its answer. */
  input() {
    this.#promptUntil = performance.now() + PROMPT_TIME;
    this.#forget();
    for (const { news } of this.#underWay.splice(0)) this.#prompt(news);
    this.#bytes = 0;
  }

  /** @param {SocketNews} news - the page takes what comes twice once */
  tell(news) {
    const data = 'data' in news ? news.data : null;
    const small = data !== null && data.byteLength <= PROMPT_BYTES;
    if (small && performance.now() < this.#promptUntil) {
      this.#prompt(news);
      return;
    }
    if (small) this.#keep({ number: news.number, data: data.slice() });
    this.#usual(news, data ? [data] : []);
  }

  /** @param {{number: number, data: ArrayBuffer}} news */
  #keep(news) {
    this.#underWay.push({ news, bytes: news.data.byteLength, at: performance.now() });
    this.#bytes += news.data.byteLength;
    this.#forget();
  }

  /** Let go of what has come, and of what is too much. */
  #forget() {
    const since = performance.now() - UNDER_WAY;
    for (let oldest = this.#underWay[0]; oldest; oldest = this.#underWay[0]) {
      if (oldest.at >= since && this.#bytes <= PROMPT_BYTES) break;
      this.#bytes -= oldest.bytes;
      this.#underWay.shift();
    }
  }
}
