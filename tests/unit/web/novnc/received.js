// @ts-check
// noVNC's own buffer of received bytes.

// noVNC reads from these when it is loaded; Node.js has no window, and in version 20 no WebSocket.
globalThis.window ??= /** @type {any} */ (globalThis);
globalThis.WebSocket ??= /** @type {any} */ (class {});
const { default: Websock } = await import('../../../../web/node_modules/@novnc/novnc/core/websock.js');

/** A connection that has received some bytes and may receive more. */
export class Received extends Websock {
  /** @param {Iterable<number>} [bytes] */
  constructor(bytes = []) {
    super();
    this.init();
    this.receive(bytes);
  }

  /** @param {Iterable<number>} bytes */
  receive(bytes) {
    const added = Uint8Array.from(bytes);
    this._rQ.set(added, this._rQlen);
    this._rQlen += added.length;
  }
}
