// @ts-check

/**
 * An element of the page by its id.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} #${id}`);
  return found;
}

/**
 * The short name of a command, such as `napari` for `/usr/bin/napari --reset`.
 *
 * @param {string} command
 */
export function shortName(command) {
  const [program = ''] = command.trim().split(/\s+/);
  return program.split('/').pop() || 'the application';
}
