/** The part of noVNC 1.7.0 (core/rfb.js) that the client uses; names with an underscore are its internals. */
declare module '@novnc/novnc' {
  export interface Sock {
    rQwait(what: string, bytes: number): boolean;
    rQpeek8(): number;
  }

  export default class RFB {
    constructor(target: HTMLElement, url: string, options?: { shared?: boolean });

    static readonly messages: {
      setDesktopSize(sock: Sock, width: number, height: number, id: number, flags: number): void;
      fbUpdateRequest(sock: Sock, incremental: boolean, x: number, y: number, width: number, height: number): void;
    };

    viewOnly: boolean;
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
    focus(options?: FocusOptions): void;
    sendKey(keysym: number, code: string, down?: boolean): void;

    protected readonly _rfbConnectionState: string;
    protected readonly _screen: HTMLDivElement;
    protected readonly _canvas: HTMLCanvasElement;
    protected readonly _sock: Sock;
    protected readonly _display: {
      scale: number;
      readonly width: number;
      readonly height: number;
      readonly _viewportLoc: { readonly w: number; readonly h: number };
      flush(): Promise<void>;
    };
    protected readonly _cursor: { readonly _canvas: HTMLCanvasElement; readonly _hotSpot: { x: number; y: number } };
    protected readonly _keyboard: { _allKeysUp(): void };
    protected readonly _FBU: {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly encoding: number | null;
    };
    protected _qualityLevel: number;
    protected readonly _fbWidth: number;
    protected readonly _fbHeight: number;
    protected readonly _supportsSetDesktopSize: boolean;
    protected readonly _screenID: number;
    protected readonly _screenFlags: number;

    protected _disconnect(): void;
    protected _fail(details: string): boolean;
    protected _handleMessage(): void;
    protected _framebufferUpdate(): boolean;
    protected _handleDataRect(): boolean;
    protected _handleExtendedDesktopSize(): boolean;
    protected _handleResize(): void;
    protected _refreshCursor(): void;
    protected _requestRemoteResize(): void;
    protected _sendEncodings(): void;
    protected _sendMouse(x: number, y: number, mask: number): void;
    protected _resize(width: number, height: number): void;
    protected _screenSize(): { w: number; h: number };
    protected _updateClip(): void;
    protected _updateScale(): void;
  }
}
