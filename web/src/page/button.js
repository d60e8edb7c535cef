// @ts-check
// Buttons of lists whose length is not known to index.html.

/**
 * A new button.
 *
 * @param {string} text
 * @param {() => void} pressed
 */
export function button(text, pressed) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', pressed);
  return made;
}
