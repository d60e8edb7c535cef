// @ts-check
// The buttons that choose files and folders of the visitor's computer.

/** @import { FileTree } from '../connection/file-tree.js' */

import { treeOf } from '../connection/file-tree.js';
import { Emitter } from '../emitter.js';
import { element } from './element.js';

/**
 * A button for files and one for a folder.
 *
 * Event: `chosen`.
 *
 * @extends {Emitter<{chosen: FileTree}>}
 */
export class FileChooser extends Emitter {
  #buttons = /** @type {const} */ (['files-upload', 'files-upload-folder']).map((id) => {
    const pressed = element(id, HTMLButtonElement);
    const input = element(`${id}-input`, HTMLInputElement);
    pressed.addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      const tree = treeOf(input.files ?? []);
      // The same files can be chosen once more.
      input.value = '';
      if (tree.files.length > 0) this.emit('chosen', tree);
    });
    return pressed;
  });

  /** @param {boolean} offered */
  set offered(offered) {
    for (const pressed of this.#buttons) pressed.hidden = !offered;
  }
}
