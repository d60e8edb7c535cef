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

export interface UncaughtError {
  /** Seconds since 1970. */
  time: number;
  message: string;
  traceback: string;
}

/** How the application's last process ended. */
export interface ApplicationEnd {
  code: number | null;
  /** Such as `SIGKILL`. */
  signal: string | null;
  /** Exit code or signal in words. */
  description: string;
  /** By the count of its control group; null where nobody counts. */
  out_of_memory: boolean | null;
  /** Bytes; null where there is none. */
  memory_limit: number | null;
  /** Whether it was restarted through the server. */
  asked: boolean;
  /** Seconds since 1970. */
  time: number;
}

/** What a process has left to be read. */
export interface LastWords {
  traceback: string;
  last_error: UncaughtError | null;
  /** The last lines of its output. */
  log: string;
}

/** What was put back of the session before, as names of layers. */
export interface Restored {
  layers: string[];
  unsaved: string[];
  camera: boolean;
  missing: { name: string; reason: string }[];
}

export interface ApplicationStatus {
  /** Short, such as `napari`. */
  name: string;
  command: string;
  state: ServiceState;
  restarts: number;
  error: string | null;
  /** Whether it shows signs of life; not every server says. */
  answers?: boolean;
  log?: string;
  /** Null as long as no process has ended. */
  exit?: ApplicationEnd | null;
  restored?: Restored | null;
}

/** `exact`: what is on the screen is the application's own picture, else one pixel of it stands for `divisor` on a side. */
export interface MotionFacts {
  mode: 'smooth' | 'exact';
  exact: boolean;
  divisor: number;
  /** Of the last exact picture that could not be drawn at once. */
  exact_seconds: number | null;
}

/** What the companion in the application tells of it. */
export interface CompanionFacts {
  napari: string;
  /** Whether what it was started with, and the session before, is there. */
  ready: boolean;
  renderer: string | null;
  /** How a scene is drawn that is too slow to move; an older companion does not say. */
  motion?: MotionFacts;
  /** Null where the session is not kept. */
  saved: { error: string | null; not_kept: { name: string; reason: string }[] } | null;
}

/** What comes of the application by itself, beside the session's own. */
export interface ApplicationFacts {
  capabilities: string[];
  /** Null while there is none. */
  companion: CompanionFacts | null;
}

export interface SessionFacts {
  stage: Stage;
  message: string;
  role: Role;
  version: string;
  services: ServiceFacts[];
  display: { name: string; backend: string; width: number; height: number } | null;
  viewers: ViewerFacts[];
  /** The oldest first; not every server says. */
  windows?: WindowFacts[];
  /** Seconds until the machine is taken away; null where it stays, and not every server says. */
  ends_in?: number | null;
  /** What keeps the user's files from being saved, for control; not every server says. */
  obstacles?: { error: string; remedy: string }[];
  landlock?: number | null;
  /** Of the operator, for everybody; not every server says. */
  banner?: string;
  /** What may go in to the desktop and out of it; not every server says. */
  allowed?: Allowed;
  /** How this session's pixels are sent, and whether H.264 can keep to its baseline profile; not every server says. */
  rfb?: { path: string; baseline?: boolean };
  app: ApplicationStatus;
  /** What draws the application's OpenGL; `reason` is why that is no GPU. */
  gpu: { renderer: 'nvidia' | 'dri' | 'software'; name: string; reason: string };
}

/** What the data policy leaves to this visitor. */
export interface Allowed {
  copies_in: boolean;
  copies_out: boolean;
  files_in: boolean;
  files_out: boolean;
  screenshots: boolean;
}

/** A window on the desktop. */
export interface WindowFacts {
  id: number;
  title: string;
  /** Whether it fills the desktop of a kiosk. */
  main: boolean;
  /** Whether it has the focus. */
  active: boolean;
}

export interface FileEntry {
  name: string;
  /** The address behind `api/files/`. */
  href: string;
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes; null of a folder that is listed, and not a result. */
  size: number | null;
  /** Seconds since 1970. */
  modified: number;
}

export interface Listing {
  path: string;
  /** The absolute path of the top folder; null for who may only watch. */
  root: string | null;
  entries: FileEntry[];
  /** Bytes of the disk. */
  space: { total: number; free: number };
  /** False where the files go with the server's container. */
  lasting: boolean;
  may: { download: boolean; upload: boolean };
}

export interface LayerFacts {
  name: string;
  type: string;
  shape: number[];
  dtype: string | null;
  scale: number[];
  visible: boolean;
  opacity: number;
  contrast_limits: [number, number] | null;
  colormap: string | null;
  /** The file or URL that it was read from, for control only. */
  path: string | null;
  /** Not told of a layer that was just opened. */
  active?: boolean;
}

/** Files that a program copied or dragged out of the desktop, and how many more that cannot be downloaded. */
export interface Downloads {
  by: 'copy' | 'drag';
  entries: FileEntry[];
  left_out: number;
}

/** What is on the desktop's clipboard; a later change has a higher serial. */
export interface ClipboardOffer {
  serial: number;
  kind: 'nothing' | 'text' | 'image' | 'files' | 'html' | 'unreadable' | 'other';
  text: string;
  html: boolean;
  image: { width: number; height: number; bytes: number } | null;
  files: string[];
  /** It was copied before this page connected. */
  standing?: boolean;
}

/** Somebody at the desktop: one browser with all of its tabs, or one VNC viewer. */
export interface PersonFacts {
  id: string;
  /** Empty for who has not said one. */
  name: string;
  /** The lowest that nobody else here has, from 1 on. */
  number: number;
  via: 'page' | 'vnc';
  role: Role;
  owner: boolean;
  /** 0 to 7. */
  colour: number;
  /** Whether this one alone may act; of nobody where control is shared, or free. */
  control: boolean;
  asks: boolean;
}

export type ControlMode = 'shared' | 'one';

export interface PeopleFacts {
  mode: ControlMode;
  /** The visitor's id. */
  you: string;
  /** Whether what the visitor does reaches the desktop. */
  acts: boolean;
  owner: boolean;
  /** Whether the visitor may give links to others. */
  links: boolean;
  /** Whether there is a login to be ended. */
  logout: boolean;
  people: PersonFacts[];
}

export interface LinkFacts {
  id: string;
  name: string;
  role: Role;
  /** Seconds since 1970. */
  made: number;
  /** Seconds since 1970; null where it has no end. */
  until: number | null;
}

/** Why the server has ended this visitor's connections for good. */
export type Departure = 'link_revoked' | 'link_expired' | 'logged_out' | 'sign_in_over';

export type DropResult = 'accepted' | 'refused' | 'no_target' | 'timed_out';

export type ServerMessage =
  | { type: 'session'; session: SessionFacts }
  | ({ type: 'clipboard' } & ClipboardOffer)
  | { type: 'files'; folders: string[]; results?: FileEntry[] }
  | { type: 'application'; application: ApplicationFacts; layers: LayerFacts[] }
  | ({ type: 'downloads' } & Downloads)
  | ({ type: 'people' } & PeopleFacts)
  | { type: 'pointers'; pointers: Record<string, [x: number, y: number]> }
  | { type: 'error'; error: string; remedy?: string };
