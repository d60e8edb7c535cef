// The part of tinyh264 0.0.7 that the client uses.

/** h264bsd in WebAssembly. Addresses are bytes in HEAPU8. */
declare module 'tinyh264/es/TinyH264.js' {
  interface Library {
    readonly HEAPU8: Uint8Array;
    readonly HEAP32: Int32Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    _h264bsdAlloc(): number;
    _h264bsdFree(state: number): void;
    _h264bsdInit(state: number, noOutputReordering: number): number;
    _h264bsdShutdown(state: number): void;
    _h264bsdDecode(
      state: number, data: number, bytes: number, picture: number, width: number, height: number,
    ): number;
  }

  export default function load(): Promise<Library>;
}
