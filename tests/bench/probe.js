// @ts-check
// Reads the numbers in two corners of the desktop at every animation frame, and answers questions
// about what the canvas shows. All times are milliseconds since 1970.
(/** @type {{width: number, height: number, cell: number, numberBits: number, checkBits: number, inverted: number, polynomial: number}} */ code) => {
  const cells = 2 + code.numberBits + code.checkBits;
  const stripWidth = cells * code.cell;
  const strips = new OffscreenCanvas(stripWidth, 2 * code.cell + 1);
  const reading = /** @type {OffscreenCanvasRenderingContext2D} */ (strips.getContext('2d', { willReadFrequently: true, alpha: false }));
  const whole = new OffscreenCanvas(code.width, code.height);
  const copying = /** @type {OffscreenCanvasRenderingContext2D} */ (whole.getContext('2d', { willReadFrequently: true, alpha: false }));

  const now = () => performance.timeOrigin + performance.now();

  const pixels = (/** @type {HTMLCanvasElement | HTMLVideoElement} */ e) => 'videoWidth' in e ? [e.videoWidth, e.videoHeight] : [e.width, e.height];

  /** The canvas, or video, that shows the desktop. */
  function desktop() {
    const area = (/** @type {Element} */ e) => e.getBoundingClientRect().width * e.getBoundingClientRect().height;
    const shown = /** @type {(HTMLCanvasElement | HTMLVideoElement)[]} */ ([...document.querySelectorAll('canvas, video')]);
    const [largest] = shown.filter(e => pixels(e).every(side => side > 0)).sort((a, b) => area(b) - area(a));
    return largest;
  }

  /** @param {number} number */
  function check(number) {
    let rest = number << code.checkBits;
    for (let bit = code.checkBits + code.numberBits - 1; bit >= code.checkBits; bit--) {
      if (rest >> bit & 1) rest ^= code.polynomial << (bit - code.checkBits);
    }
    return rest ^ code.inverted;
  }

  /**
   * The number in a strip, -1 without one.
   * @param {Uint8ClampedArray} pixels
   * @param {number} top - its first row
   */
  function read(pixels, top) {
    const quarter = code.cell / 4;
    let word = 0;
    for (let cell = 0; cell < cells; cell++) {
      let sum = 0;
      for (let y = quarter; y < 3 * quarter; y++) {
        for (let x = quarter; x < 3 * quarter; x++) {
          const at = ((top + y) * stripWidth + cell * code.cell + x) * 4;
          sum += pixels[at] + pixels[at + 1] + pixels[at + 2];
        }
      }
      word = word * 2 + (sum > 127 * 3 * 4 * quarter * quarter ? 1 : 0);
    }
    const number = word >> code.checkBits & ((1 << code.numberBits) - 1);
    const right = word >> (code.numberBits + code.checkBits) === 2 && check(number) === (word & ((1 << code.checkBits) - 1));
    return right ? number : -1;
  }

  class Probe {
    /** @type {[number, number, number][]} time, number at the top, number at the bottom */
    samples = [];
    /** @type {{time: number, digest: number}[]} */
    digests = [];
    #element = desktop();
    // A frame of a video is copied once, since that takes milliseconds.
    #isNew = true;
    /** @type {HTMLVideoElement | null} */
    #followed = null;
    #digesting = false;
    #turn = 0;
    /** @type {{pressed: number, white: boolean | null, tell: (latency: number) => void} | null} */
    #click = null;
    #toggled = Promise.resolve(0);
    /** @type {((picture: string) => void) | null} */
    #capture = null;

    constructor() {
      addEventListener('pointerdown', event => {
        if (this.#click && !this.#click.pressed) this.#click.pressed = event.timeStamp;
      }, true);
      this.#tick();
    }

    /** What has been seen since the last call. */
    take() {
      return this.samples.splice(0);
    }

    /** The last sample. */
    last() {
      return this.samples.at(-1) ?? null;
    }

    /** Where the desktop is in the page, and how large its picture is. */
    place() {
      const element = this.#element;
      if (!element) return null;
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height, pixels: pixels(element) };
    }

    /** Wait for the next press of a mouse button, and for the middle of the desktop to change. */
    arm() {
      this.#toggled = new Promise(tell => { this.#click = { pressed: 0, white: null, tell }; });
    }

    /**
     * Milliseconds from the press to the change; null when there is none in time.
     * @param {number} timeout - ms
     */
    async latency(timeout) {
      const nothing = new Promise(give => setTimeout(give, timeout, null));
      const latency = await Promise.race([this.#toggled, nothing]);
      this.#click = null;
      return latency;
    }

    /** Digest the picture at every third frame from now on; returns the digests so far. */
    digest(/** @type {boolean} */ on) {
      this.#digesting = on;
      return this.digests.splice(0);
    }

    /** The picture of the next animation frame as the data: URL of a PNG. */
    capture() {
      return new Promise(tell => { this.#capture = tell; });
    }

    #tick() {
      requestAnimationFrame(() => this.#tick());
      this.#turn++;
      if (!this.#element?.isConnected || this.#turn % 60 === 0) this.#element = desktop();
      const element = this.#element;
      if (element && 'videoWidth' in element) this.#sampleVideo(element);
      else if (element) this.#sample(element);
    }

    #sampleVideo(/** @type {HTMLVideoElement} */ video) {
      if (this.#followed !== video) this.#follow(video);
      if (this.#isNew) copying.drawImage(video, 0, 0);
      this.#isNew = false;
      this.#sample(whole);
    }

    #follow(/** @type {HTMLVideoElement} */ video) {
      this.#followed = video;
      const next = () => {
        this.#isNew = true;
        if (this.#followed === video) video.requestVideoFrameCallback(next);
      };
      next();
    }

    #sample(/** @type {HTMLCanvasElement | OffscreenCanvas} */ desktop) {
      const { width, height, cell } = code;
      reading.drawImage(desktop, 0, 0, stripWidth, cell, 0, 0, stripWidth, cell);
      reading.drawImage(desktop, width - stripWidth, height - cell, stripWidth, cell, 0, cell, stripWidth, cell);
      reading.drawImage(desktop, width / 2, height / 2, 1, 1, 0, 2 * cell, 1, 1);
      const { data } = reading.getImageData(0, 0, stripWidth, 2 * cell + 1);
      this.samples.push([now(), read(data, 0), read(data, cell)]);
      this.#watchClick(data[2 * cell * stripWidth * 4] > 127);
      if (this.#digesting && this.#turn % 3 === 0) this.#digest(desktop);
      if (this.#capture) this.#send(desktop, this.#capture);
    }

    #watchClick(/** @type {boolean} */ white) {
      const click = this.#click;
      if (click && (!click.pressed || click.white === null)) click.white = white;
      else if (click && white !== click.white) {
        click.tell(performance.now() - click.pressed);
        this.#click = null;
      }
    }

    #digest(/** @type {HTMLCanvasElement | OffscreenCanvas} */ desktop) {
      copying.drawImage(desktop, 0, 0);
      const pixels = new Uint32Array(copying.getImageData(0, 0, code.width, code.height).data.buffer);
      let digest = 0;
      for (let at = 0; at < pixels.length; at++) {
        digest = digest + Math.imul(pixels[at], Math.imul(at, 2654435761) | 1) | 0;
      }
      this.digests.push({ time: now(), digest: digest >>> 0 });
    }

    async #send(/** @type {HTMLCanvasElement | OffscreenCanvas} */ desktop, /** @type {(picture: string) => void} */ tell) {
      this.#capture = null;
      copying.drawImage(desktop, 0, 0);
      const reader = new FileReader();
      reader.onload = () => tell(String(reader.result));
      reader.readAsDataURL(await whole.convertToBlob({ type: 'image/png' }));
    }
  }

  Object.assign(window, { probe: new Probe() });
}
