// What the server says: the answers of HTTP and the messages of `WS api/events`.

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

export interface FileEntry {
  name: string;
  /** The address behind `api/files/`. */
  href: string;
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes, of files alone. */
  size: number | null;
  /** Seconds since 1970. */
  modified: number;
}

export interface Listing {
  path: string;
  entries: FileEntry[];
  /** Bytes of the disk. */
  space: { total: number; free: number };
  may: { download: boolean; upload: boolean };
}

/** What was copied on the desktop; a later copy has a higher serial, 0 is nothing. */
export interface ClipboardOffer {
  serial: number;
  text: string;
  html: boolean;
  image: { width: number; height: number; bytes: number } | null;
  files: string[];
  /** It was copied before this page connected. */
  standing?: boolean;
}

export type DropResult = 'accepted' | 'refused' | 'no_target' | 'timed_out';

export type ServerMessage =
  | { type: 'session'; session: SessionFacts }
  | ({ type: 'clipboard' } & ClipboardOffer)
  | { type: 'files'; folders: string[] }
  | { type: 'error'; error: string; remedy?: string };
