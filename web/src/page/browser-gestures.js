// @ts-check
// What a browser would do with the page by itself when hands mean the desktop: zoom it, leave it, scroll, select, drag.

// MouseEvent.button of the buttons that go back and forward.
const BACK = 3;
const MIDDLE = 1;

/**
 * Keep the page as it is, whatever the hands do. What browsers decide by style alone stands in style.css: touch-action,
 * overscroll-behavior, user-select.
 *
 * @param {HTMLElement} desktop - the picture's element, with what is beside the picture
 */
export function refuseBrowserGestures(desktop) {
  for (const type of ['contextmenu', 'dragstart', 'selectstart']) desktop.addEventListener(type, refuseMark);
  // On all of the page: a page that is zoomed could no longer be made smaller on the desktop, which takes the pinch.
  document.addEventListener('wheel', (event) => refuseWheel(event, desktop), { passive: false });
  for (const type of ['gesturestart', 'gesturechange']) document.addEventListener(type, refuseZoom);
  for (const type of /** @type {const} */ (['mousedown', 'mouseup', 'auxclick'])) {
    document.addEventListener(type, (event) => refuseButton(event, desktop));
  }
}

/** @param {Event} event - that would mark something, or take it along; a field of text may */
function refuseMark(event) {
  if (!(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
}

/**
 * @param {WheelEvent} event
 * @param {HTMLElement} desktop
 */
function refuseWheel(event, desktop) {
  if (event.ctrlKey || isWithin(event, desktop)) event.preventDefault();
}

/** @param {Event} event - Safari's, or noVNC's of the same name */
function refuseZoom(event) {
  if (event.isTrusted) event.preventDefault();
}

/**
 * @param {MouseEvent} event
 * @param {HTMLElement} desktop
 */
function refuseButton(event, desktop) {
  const scrolls = event.button === MIDDLE && isWithin(event, desktop);
  if (event.button >= BACK || scrolls) event.preventDefault();
}

/**
 * @param {Event} event
 * @param {HTMLElement} element
 */
function isWithin({ target }, element) {
  return target instanceof Node && element.contains(target);
}
