// @ts-check
// What the page calls the application.

/**
 * The short name of a command, such as `napari` for `/usr/bin/napari --reset`; empty where there is none.
 *
 * @param {string} command
 */
export function programName(command) {
  const [program = ''] = command.trim().split(/\s+/);
  return program.split('/').pop() ?? '';
}
