// @ts-check
// The picture in the clipboard's panel: what it looks like, how large it is, and how to keep it.

import { element } from './element.js';
import { sizeText } from './file-facts.js';
import { texts } from './texts.js';

/** Shows one picture, or none. */
export class ClipboardPicture {
  #figure = element('clipboard-picture', HTMLElement);
  #image = element('clipboard-image', HTMLImageElement);
  #caption = element('clipboard-picture-facts', HTMLElement);
  #save = element('clipboard-save', HTMLAnchorElement);
  #address = '';
  #bytes = 0;

  constructor() {
    this.#image.alt = texts.clipboard.picture;
    this.#image.addEventListener('load', () => this.#describe());
  }

  /** @param {Blob | null} picture - PNG */
  show(picture) {
    // A blob's address keeps its bytes until it is revoked.
    URL.revokeObjectURL(this.#address);
    this.#address = picture ? URL.createObjectURL(picture) : '';
    this.#bytes = picture?.size ?? 0;
    this.#caption.textContent = '';
    if (picture) {
      this.#image.src = this.#address;
      this.#save.href = this.#address;
    } else {
      this.#image.removeAttribute('src');
      this.#save.removeAttribute('href');
    }
    this.#figure.hidden = !picture;
    this.#save.hidden = !picture;
  }

  #describe() {
    const { naturalWidth, naturalHeight } = this.#image;
    this.#caption.textContent = texts.clipboard.pictureFacts(naturalWidth, naturalHeight, sizeText(this.#bytes));
  }
}
