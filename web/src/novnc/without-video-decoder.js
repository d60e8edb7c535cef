// @ts-check
// Import it before noVNC. While it loads, noVNC has a picture decoded and waits for that without a limit; some browsers never
// answer. The client brings a decoder of its own, so noVNC may as well find none.

const decoder = Object.getOwnPropertyDescriptor(globalThis, 'VideoDecoder');
if (decoder) Reflect.deleteProperty(globalThis, 'VideoDecoder');

/** noVNC has been loaded. */
export function restoreVideoDecoder() {
  if (decoder) Object.defineProperty(globalThis, 'VideoDecoder', decoder);
}
