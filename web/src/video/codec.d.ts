// What the decoders of H.264 have in common. One file each: web-codec.js (the browser's), wasm-codec.js (ours).

import type { Emitter } from '../emitter.js';
import type { Image } from '../picture/pending-image.js';

/** What comes out of a decoder, in the order of decoding. */
export interface CodecEvents {
  /** The image belongs to the listener. */
  frame: { image: Image; timestamp: number };
  /** The decoder takes all pictures for ones of limited range, whatever their stream says. */
  limited: void;
  /** Nothing more will come. */
  failure: Error;
}

/** One coded picture. */
export interface CodedFrame {
  /** Whether it can be decoded without the pictures before it. */
  key: boolean;
  /** Microseconds, growing. */
  timestamp: number;
  /** ITU-T H.264 annex B. */
  data: Uint8Array<ArrayBuffer>;
}

/** A decoder of one stream. */
export interface VideoCodec extends Pick<Emitter<CodecEvents>, 'on'> {
  /**
   * The next frame is a key frame of this kind (as of RFC 6381), at least so many pixels large. Throws when it cannot be
   * decoded.
   */
  configure(codec: string, width: number, height: number): void;
  /** Copies the frame before it returns. Throws after a failure. */
  decode(frame: CodedFrame): void;
  /** Neither frame nor failure will be told any more. */
  close(): void;
}

export type OpenCodec = () => VideoCodec;
