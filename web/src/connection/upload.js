// @ts-check
// One file on its way to the server by tus (`api/uploads`), which goes on where it was after a loss, a pause or a reload.

/** @import { DetailedError, Upload as Tus, UploadOptions } from 'tus-js-client' */

import { Emitter } from '../emitter.js';
import { pathOf } from './file-names.js';
import { sample } from './file-sample.js';
import { HttpError, isTooLargeForProxy, sentences } from './http-error.js';
import { authorization } from './page-key.js';
import { SAME_ORIGIN } from './request.js';

const CHUNK = 8 * 1024 * 1024;
// Where a proxy takes no more, as nginx does by default.
const SMALL_CHUNK = 512 * 1024;
// Files up to this many bytes go with the request that announces them.
const SMALL = 1024 * 1024;
// Milliseconds before each try after a loss.
const RETRIES = [0, 1000, 3000, 5000, 10_000, 20_000];
// Where the server keeps what this page sends: no two files go to one place.
/** @type {Set<string>} */
const taken = new Set();

/**
 * The upload of a file. A name that is taken gets a number.
 *
 * Events: `sent` (bytes, of which some may be on their way), `done` (the path that it has), `failed`.
 *
 * @extends {Emitter<{sent: number, done: string, failed: unknown}>}
 */
export class Upload extends Emitter {
  #file;
  #path;
  /** @type {Tus | null} the one that runs */
  #tus = null;
  /** @type {string | null} where the server keeps what it has */
  #address = null;
  #turn = 0;
  /** @type {string | null} */
  #sample = null;
  #chunk = CHUNK;

  /**
   * @param {File} file
   * @param {string} path - below the server's top folder
   */
  constructor(file, path) {
    super();
    this.#file = file;
    this.#path = path;
  }

  /** Begin, or go on. */
  async start() {
    this.pause();
    const turn = this.#turn;
    // Loaded when it is needed, so that the desktop is there sooner.
    const tus = await import('tus-js-client');
    const upload = new tus.Upload(this.#file, this.#options(turn));
    const earlier = this.#address ? [] : await upload.findPreviousUploads();
    if (turn !== this.#turn) return;
    const previous = earlier.find(({ uploadUrl }) => uploadUrl && !taken.has(uploadUrl));
    if (previous) upload.resumeFromPreviousUpload(previous);
    if (previous?.uploadUrl) taken.add(previous.uploadUrl);
    this.#tus = upload;
    upload.start();
  }

  /** Stop where it is. */
  pause() {
    this.#turn += 1;
    this.#address = this.#tus?.url ?? this.#address;
    const stopped = this.#tus;
    this.#tus = null;
    return stopped?.abort();
  }

  /** Stop, and have the server forget what it has of the file. */
  async cancel() {
    await this.pause();
    if (!this.#address) return;
    const tus = await import('tus-js-client');
    await tus.Upload.terminate(this.#address, { headers: { ...SAME_ORIGIN, ...authorization() }, retryDelays: RETRIES });
  }

  /**
   * @param {number} turn - what an earlier one tells is too late
   * @returns {UploadOptions}
   */
  #options(turn) {
    const endpoint = new URL('api/uploads', document.baseURI).href;
    const { name, size, lastModified } = this.#file;
    return {
      endpoint,
      uploadUrl: this.#address,
      headers: { ...SAME_ORIGIN, ...authorization() },
      metadata: { path: this.#path, if_exists: 'rename' },
      fingerprint: async () => {
        this.#sample ??= await sample(this.#file);
        return [endpoint, this.#path, name, size, lastModified, this.#sample].join(' ');
      },
      chunkSize: this.#chunk,
      uploadDataDuringCreation: size <= SMALL,
      storeFingerprintForResuming: size > SMALL,
      removeFingerprintOnSuccess: true,
      retryDelays: RETRIES,
      onShouldRetry: (error) => mayRetry(error.originalRequest.getMethod(), error.originalResponse?.getStatus() ?? 0),
      onUploadUrlAvailable: () => void taken.add(this.#tus?.url ?? ''),
      onProgress: (sent) => turn === this.#turn && this.emit('sent', sent),
      onSuccess: ({ lastResponse }) =>
        turn === this.#turn && this.emit('done', pathOf(lastResponse.getHeader('Upload-Path') ?? '')),
      onError: (error) => turn === this.#turn && this.#fail(failure(error)),
    };
  }

  /** @param {Error} error */
  #fail(error) {
    if (isTooLargeForProxy(error) && this.#chunk > SMALL_CHUNK) {
      this.#chunk = SMALL_CHUNK;
      this.start();
    } else this.emit('failed', error);
  }
}

/**
 * Whether another try may help.
 *
 * @param {string} method
 * @param {number} status - HTTP status, 0 where there was no answer
 */
export function mayRetry(method, status) {
  // A PATCH at the wrong place is 409: the next try asks for the right one.
  if (status === 409) return method !== 'POST';
  return [0, 408, 423, 429].includes(status) || (status >= 500 && status !== 507);
}

/**
 * The error of an upload as those of other requests: an HttpError for an answer, a TypeError for none.
 *
 * @param {Error | DetailedError} error
 */
export function failure(error) {
  if (!('originalResponse' in error)) return error;
  const answer = error.originalResponse;
  if (!answer) return new TypeError('The server does not answer');
  let explanation = '';
  try {
    explanation = sentences(JSON.parse(answer.getBody()));
  } catch {
    // A proxy's error page is no JSON; the status says enough.
  }
  return new HttpError(answer.getStatus(), '', explanation);
}
