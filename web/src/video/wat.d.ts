declare module '*.wat' {
  /** The bytes of the module. */
  const code: Uint8Array<ArrayBuffer>;
  export default code;
}
