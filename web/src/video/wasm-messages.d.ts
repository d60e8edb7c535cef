// What the page (wasm-codec.js) and its decoding thread (wasm-worker.js) tell each other.

/** A frame to decode; without data the end of its stream. */
export interface DecodeRequest {
  /** Of the stream. */
  id: number;
  timestamp: number;
  /** ITU-T H.264 annex B. */
  data?: Uint8Array;
}

/** A frame of a stream, or that the stream failed. */
export type DecodeAnswer =
  | { id: number; timestamp: number; image: ImageBitmap; error?: undefined }
  | { id: number; error: string; image?: undefined };
