/** What the server says, as in the answers of `GET api/session` and the frames of `WS api/events`. */

export type Stage = 'display' | 'window_manager' | 'application' | 'first_frame' | 'ready' | 'failed' | 'stopping';
export type ServiceState = 'waiting' | 'starting' | 'running' | 'backoff' | 'failed' | 'stopped';
export type Role = 'control' | 'view';

export interface ServiceFacts {
  name: string;
  state: ServiceState;
  pid: number | null;
  restarts: number;
  error: string | null;
}

export interface ViewerFacts {
  id: string;
  role: Role;
  path: string;
  codec: string | null;
  exact: boolean | null;
  fps: number | null;
}

export interface SessionFacts {
  stage: Stage;
  message: string;
  role: Role;
  version: string;
  services: ServiceFacts[];
  display: { name: string; backend: string; width: number; height: number } | null;
  viewers: ViewerFacts[];
  /** How this session's pixels are sent, and whether H.264 can keep to its baseline profile; not every server says. */
  rfb?: { path: string; baseline?: boolean };
  app: { command: string; state: ServiceState; restarts: number; error: string | null; log?: string };
  /** What draws the application's OpenGL; `reason` is why that is no GPU. */
  gpu: { renderer: 'nvidia' | 'dri' | 'software'; name: string; reason: string };
}

export type ServerEvent =
  | { type: 'session'; session: SessionFacts }
  | { type: 'clipboard'; text: string }
  | { type: 'error'; error: string; remedy?: string };

export type ResizeMode = 'remote' | 'scale' | 'off';
export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'disconnected';

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** An area of the framebuffer in pixels. */
export interface Rectangle extends Size {
  x: number;
  y: number;
}

/** What a decoder gives; it holds memory until it is closed. */
export type Image = ImageBitmap | VideoFrame | PlainImage;

/** An image in the page's own memory. */
export interface PlainImage {
  data: ImageData;
  close(): void;
}

/** A decoder of one H.264 stream. */
export interface VideoCodec {
  /**
   * The next frame is a key frame of this kind (as of RFC 6381), at least so many pixels large. Throws when it cannot be
   * decoded.
   */
  configure(codec: string, width: number, height: number): void;
  /** One picture in Annex B, copied before this returns. Throws after a failure. */
  decode(frame: { key: boolean; timestamp: number; data: Uint8Array<ArrayBuffer> }): void;
  /** Neither frame nor failure will be told any more. */
  close(): void;
}

/** What comes out of a decoder, in the order of decoding. */
export interface VideoOutput {
  /** The image belongs to the receiver. */
  frame(image: Image, timestamp: number): void;
  /** Nothing more will come. */
  failure(error: Error): void;
}

export type OpenCodec = (output: VideoOutput) => VideoCodec;
