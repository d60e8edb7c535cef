// @ts-check
// What the page calls the application.

/**
 * The short name of a command, such as `napari` for `/usr/bin/napari --reset`; empty where there is none.
 *
 * @param {string} command
 */
export function programName(command) {
  const words = command.trim().split(/\s+/);
  // `A=b program` assigns a variable for the program.
  const program = words.find((word) => !/^\w+=/.test(word)) ?? '';
  return program.split('/').pop() ?? '';
}
