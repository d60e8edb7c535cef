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
  app: { command: string; state: ServiceState; restarts: number; error: string | null; log?: string };
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
