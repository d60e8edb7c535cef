// @ts-check
// Notes what one connection does for a trace. It puts itself around noVNC's methods of this one object: a connection that
// nobody traces has none of it.

/** @import { PendingImage } from '../picture/pending-image.js' */
/** @import { Trace } from '../trace.js' */
/** @import { QueuedDisplay } from './queued-display.js' */
/** @import { RFBClient } from './rfb-client.js' */

/**
 * Note from now on what goes in and out of a connection, what is decoded and drawn of it, and when that could be seen.
 *
 * @param {RFBClient} rfb - before its first message
 * @param {Trace} trace
 */
export function traceRFB(rfb, trace) {
  const inside = /** @type {any} */ (rfb);
  traceSending(inside._sock._websocket, trace);
  traceReceiving(inside._sock._websocket, trace);
  traceDecoding(inside._display, trace);
  traceDrawing(inside, trace);
}

/**
 * @param {WebSocket} socket
 * @param {Trace} trace
 */
function traceSending(socket, trace) {
  const send = socket.send.bind(socket);
  let sent = 0;
  socket.send = (/** @type {Uint8Array<ArrayBuffer>} */ data) => {
    const began = performance.now();
    send(data);
    trace.span('connection', 'send', began, performance.now(), { at: sent, bytes: data.byteLength });
    trace.arrow('connection', 'start', 'to the server', sent, began);
    sent += data.byteLength;
  };
}

/**
 * @param {WebSocket} socket
 * @param {Trace} trace
 */
function traceReceiving(socket, trace) {
  const hear = socket.onmessage;
  let received = 0;
  socket.onmessage = (event) => {
    const bytes = event.data.byteLength;
    const began = performance.now();
    hear?.call(socket, event);
    trace.span('connection', 'message', began, performance.now(), { at: received, bytes });
    trace.arrow('connection', 'end', 'to the page', received, began);
    received += bytes;
  };
}

/**
 * @param {QueuedDisplay} display
 * @param {Trace} trace
 */
function traceDecoding(display, trace) {
  const draw = display.videoFrame.bind(display);
  display.videoFrame = (
    /** @type {number} */ x,
    /** @type {number} */ y,
    /** @type {number} */ width,
    /** @type {number} */ height,
    /** @type {PendingImage} */ pending,
  ) => {
    const began = performance.now();
    const settle = pending.settle.bind(pending);
    pending.settle = (image) => {
      trace.span('decoder', 'decode', began, performance.now(), { width, height });
      settle(image);
    };
    draw(x, y, width, height, pending);
  };
}

/**
 * @param {{_framebufferUpdate: () => boolean, _display: QueuedDisplay}} rfb
 * @param {Trace} trace
 */
function traceDrawing(rfb, trace) {
  const read = rfb._framebufferUpdate.bind(rfb);
  rfb._framebufferUpdate = () => {
    const whole = read();
    if (whole) {
      const began = performance.now();
      rfb._display.afterwards(() => {
        const drawn = performance.now();
        trace.span('picture', 'drawing', began, drawn);
        requestAnimationFrame(() => trace.span('picture', 'refresh', drawn, performance.now()));
      });
    }
    return whole;
  };
}
