// @ts-check
// Keys that are no letters to be typed.

const MODIFIERS = ['Control', 'Shift', 'Alt', 'AltGraph', 'Meta'];

/**
 * Whether an event is a key that may belong to a shortcut, as that of a modifier does.
 *
 * @param {Event} event
 */
export function isShortcut(event) {
  const { key, ctrlKey, metaKey, shiftKey } = /** @type {KeyboardEvent} */ (event);
  return MODIFIERS.includes(key) || ctrlKey || metaKey || (shiftKey && key === 'Insert');
}
