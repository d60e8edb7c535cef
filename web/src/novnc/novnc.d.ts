// The part of noVNC 1.7.0 that the client uses; names with an underscore are its internals.

/** core/rfb.js */
declare module '@novnc/novnc' {
  import type Display from '*/core/display.js';

  export interface Sock {
    rQwait(what: string, bytes: number, rewind?: number): boolean;
    rQpeekBytes(bytes: number): Uint8Array;
    rQskipBytes(bytes: number): void;
    rQshift8(): number;
    rQshift32(): number;
    rQshiftStr(bytes: number): string;
    rQshiftBytes(bytes: number, copy: boolean): Uint8Array<ArrayBuffer>;
  }

  export interface Decoder {
    decodeRect(x: number, y: number, width: number, height: number, sock: Sock, display: any, depth: number): boolean;
  }

  export default class RFB {
    constructor(target: HTMLElement, channel: object, options?: { shared?: boolean });

    static readonly messages: {
      setDesktopSize(sock: Sock, width: number, height: number, id: number, flags: number): void;
      pointerEvent(sock: Sock, x: number, y: number, mask: number): void;
      clientEncodings(sock: Sock, encodings: number[]): void;
      enableContinuousUpdates(
        sock: Sock,
        enable: boolean,
        x: number,
        y: number,
        width: number,
        height: number,
      ): void;
      clientFence(sock: Sock, flags: number, payload: string): void;
      fbUpdateRequest(sock: Sock, incremental: boolean, x: number, y: number, width: number, height: number): void;
    };

    get viewOnly(): boolean;
    set viewOnly(viewOnly: boolean);
    clipViewport: boolean;
    dragViewport: boolean;
    scaleViewport: boolean;
    resizeSession: boolean;
    showDotCursor: boolean;
    get qualityLevel(): number;
    set qualityLevel(level: number);
    compressionLevel: number;
    background: string;
    readonly clippingViewport: boolean;

    addEventListener(type: string, callback: (event: CustomEvent) => void): void;
    dispatchEvent(event: Event): boolean;
    disconnect(): void;
    focusOnClick: boolean;
    sendKey(keysym: number, code: string, down?: boolean): void;

    protected readonly _rfbConnectionState: string;
    protected readonly _screen: HTMLDivElement;
    protected readonly _canvas: HTMLCanvasElement;
    protected readonly _sock: Sock;
    protected _display: Display;
    protected readonly _decoders: Record<number, Decoder>;
    protected readonly _fbDepth: number;
    protected readonly _mouseButtonMask: number;
    protected _supportsFence: boolean;
    protected readonly _supportsContinuousUpdates: boolean;
    protected _enabledContinuousUpdates: boolean;
    protected readonly _cursor: { readonly _canvas: HTMLCanvasElement; readonly _hotSpot: { x: number; y: number }; move(clientX: number, clientY: number): void };
    protected readonly _gestures: { detach(): void };
    protected _keyboard: { grab(): void; ungrab(): void };
    protected readonly _FBU: {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly encoding: number | null;
    };
    protected readonly _fbWidth: number;
    protected readonly _fbHeight: number;
    protected readonly _supportsSetDesktopSize: boolean;
    protected readonly _screenID: number;
    protected readonly _screenFlags: number;

    protected _disconnect(): void;
    protected _fail(details: string): boolean;
    protected _handleKeyEvent(keysym: number, code: string, down: boolean, num: boolean | null, caps: boolean | null): void;
    protected _handleMessage(): void;
    protected _framebufferUpdate(): boolean;
    protected _handleDataRect(): boolean;
    protected _handleMouse(event: MouseEvent): void;
    protected _handleMouseButton(x: number, y: number, mask: number): void;
    protected _handleWheel(event: WheelEvent): void;
    protected static _convertButtonMask(buttons: number): number;
    protected _handleMouseMove(x: number, y: number): void;
    protected _handleServerFenceMsg(): boolean;
    protected _handleExtendedDesktopSize(): boolean;
    protected _handleResize(): void;
    protected _refreshCursor(): void;
    protected _requestRemoteResize(): void;
    protected _sendEncodings(): void;
    protected _sendMouse(x: number, y: number, mask: number): void;
    protected _resize(width: number, height: number): void;
    protected _screenSize(): { w: number; h: number };
    protected _updateClip(): void;
    protected _updateContinuousUpdates(): void;
    protected _updateScale(): void;
  }
}

/** core/input/domkeytable.js */
declare module '*/core/input/domkeytable.js' {
  /** Keysyms by KeyboardEvent.key and KeyboardEvent.location. */
  const table: Record<string, number[]>;
  export default table;
}

/** core/input/keysymdef.js */
declare module '*/core/input/keysymdef.js' {
  const table: { lookup(codePoint: number): number };
  export default table;
}

/** core/display.js */
declare module '*/core/display.js' {
  type Pixels = Uint8Array<ArrayBuffer>;

  export default class Display {
    constructor(target: HTMLCanvasElement);

    scale: number;
    readonly width: number;
    readonly height: number;
    readonly _viewportLoc: { readonly w: number; readonly h: number };
    protected readonly _target: HTMLCanvasElement;
    protected readonly _targetCtx: CanvasRenderingContext2D;
    protected _backbuffer: HTMLCanvasElement;
    protected _drawCtx: CanvasRenderingContext2D;
    protected _damage(x: number, y: number, width: number, height: number): void;
    protected _prevDrawStyle: string;

    viewportChangePos(x: number, y: number): void;
    viewportChangeSize(width?: number, height?: number): void;
    absX(x: number): number;
    absY(y: number): number;
    pending(): boolean;
    flush(): Promise<void>;
    flip(fromQueue?: boolean): void;
    resize(width: number, height: number): void;
    drawImage(image: CanvasImageSource, ...area: number[]): void;
    fillRect(x: number, y: number, width: number, height: number, color: Pixels, fromQueue?: boolean): void;
    copyImage(
      oldX: number, oldY: number, x: number, y: number, width: number, height: number, fromQueue?: boolean,
    ): void;
    blitImage(
      x: number, y: number, width: number, height: number, pixels: Pixels, offset: number, fromQueue?: boolean,
    ): void;
    imageRect(x: number, y: number, width: number, height: number, type: string, bytes: Pixels): void;
    videoFrame(x: number, y: number, width: number, height: number, frame: unknown): void;
  }
}
