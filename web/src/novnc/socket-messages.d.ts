// What the page (prompt-socket.js) and its thread (socket-worker.js) tell each other.

/** What the page wants of its WebSocket. The first of them opens it. */
export type SocketRequest =
  | { open: { address: string; protocols: string[]; channel: string } }
  | { send: ArrayBuffer; prompt: boolean }
  | { close: true };

/** What has happened to the WebSocket, in the order of the numbers: it comes on two ways, some of it on both. */
export type SocketNews = { number: number } & (
  | { opened: string }
  | { data: ArrayBuffer }
  | { failed: true }
  | { closed: { code: number; reason: string } }
);
