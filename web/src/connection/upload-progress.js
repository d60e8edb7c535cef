// @ts-check
// How far several uploads are together, as numbers.

/** Sums up what has been sent of each file. */
export class UploadProgress {
  /** @type {Map<unknown, number>} */
  #sent = new Map();
  #sizes;

  /** @param {Map<unknown, number>} sizes - bytes of each file */
  constructor(sizes) {
    this.#sizes = sizes;
  }

  /**
   * @param {unknown} file
   * @param {number} bytes - of it that the server has, or that are on their way
   */
  sent(file, bytes) {
    this.#sent.set(file, bytes);
  }

  /** From 0 to 1; 1 only when every byte is sent. Files without a byte count as one, so that they are seen to go. */
  get fraction() {
    const total = sum([...this.#sizes.values()].map((size) => Math.max(1, size)));
    const sent = [...this.#sent].map(([file, bytes]) => (this.#sizes.get(file) === 0 ? 1 : bytes));
    return total === 0 ? 1 : Math.min(1, sum(sent) / total);
  }
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
