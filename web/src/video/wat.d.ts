// WebAssembly text, of which web/webassembly.js makes modules.

declare module '*.wat' {
  /** The bytes of the module. */
  const code: Uint8Array<ArrayBuffer>;
  export default code;
}
