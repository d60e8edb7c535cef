// The part of noVNC's core/websock.js that the tests use.

declare module '*/core/websock.js' {
  import type { Sock } from '@novnc/novnc';

  export default class Websock {
    init(): void;
    rQlen(): number;
    _rQ: Uint8Array;
    _rQlen: number;
  }
  export default interface Websock extends Sock {}
}
