// What a page and the desktop in its frame say to each other by postMessage, version 1. docs/embed.md tells it to people.

import type { ConnectionState } from '../connection/desktop-connection.js';
import type { LayerFacts, Role, Stage } from '../connection/server';
import type { Size } from '../geometry.js';

export type Layer = LayerFacts;

/** How the desktop is. */
export interface State {
  /** How far the application is; `ready` once it has painted. Null before the server has answered. */
  stage: Stage | null;
  /** The same in words. */
  message: string;
  /** Whether the frame shows the desktop. */
  connection: ConnectionState;
  role: Role | null;
}

/** Each request: what it takes and what it is answered with. */
export interface Methods {
  /** Open a path below `files_root`, or a URL; select a layer; show two or three dimensions. The layers that were opened. */
  open: { params: { open?: string; layer?: string; ndisplay?: 2 | 3 }; result: Layer[] };
  /** All layers, the lowest first. */
  layers: { params: Record<string, never>; result: Layer[] };
  /** A PNG of the whole desktop, or of the application's canvas alone. */
  screenshot: { params: { of?: 'desktop' | 'canvas' }; result: Blob };
  /** Resize the desktop, in its own pixels; the size that it has then. */
  resize: { params: Size; result: Size };
  /** Put a text on the desktop's clipboard, if one is given; the text there. */
  clipboard: { params: { text?: string }; result: string };
  /** Have the desktop take the keys. */
  focus: { params: Record<string, never>; result: null };
}
export type Method = keyof Methods;

/** What is told unasked, each with what it tells. */
export interface Events {
  state: State;
  layers: Layer[];
}

/** Why a request is not done; `status` is that of the server's answer, 0 where it gave none. */
export interface Failure {
  message: string;
  status: number;
}

/** What the page says. */
export type FromPage =
  | { desktopd: 'hello'; versions: number[] }
  | { desktopd: 'request'; id: number; method: Method; params: Methods[Method]['params'] };

/** What the desktop says; the first is `ready` or `unsupported`, and answers `hello`. */
export type FromDesktop =
  | { desktopd: 'ready'; version: number }
  | { desktopd: 'unsupported'; versions: number[] }
  | { desktopd: 'answer'; id: number; result: Methods[Method]['result'] }
  | { desktopd: 'failure'; id: number; failure: Failure }
  | { [E in keyof Events]: { desktopd: 'event'; event: E; data: Events[E] } }[keyof Events];
