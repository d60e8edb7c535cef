// @ts-check
// Which buttons of a mouse or a pen are down, by what the browser says with each event and not by what it has said before.

// The bit of PointerEvent.buttons for each PointerEvent.button; a pen's eraser presses as its tip does.
const TIP = 1;
const ERASER = 32;
const BITS = [TIP, 4, 2, 8, 16, TIP];

/**
 * The buttons that are down on the desktop after an event, as in MouseEvent.buttons.
 *
 * A release that never came, since it happened outside of the window, is one by the next event. A button that was pressed
 * elsewhere is not pressed here.
 *
 * @param {number} held - those before
 * @param {Pick<PointerEvent, 'type' | 'button' | 'buttons'>} event
 */
export function buttonsAfter(held, { type, button, buttons }) {
  if (type === 'pointercancel' || type === 'lostpointercapture') return 0;
  // A second button that is pressed while one is down comes as a move.
  const pressed = type === 'pointerdown' || held !== 0 ? (BITS[button] ?? 0) : 0;
  return (held | pressed) & (buttons & ERASER ? buttons | TIP : buttons);
}
