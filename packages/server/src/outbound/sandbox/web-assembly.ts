// The few parts of WebAssembly that the engines need; the server is compiled without the browser's types.

interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  /** Sizes in pages of 64 KiB. */
  Memory: new (size: {
    initial: number;
    maximum: number;
  }) => { readonly buffer: ArrayBuffer };
  instantiate(bytes: Uint8Array, imports: object): Promise<object>;
}

declare global {
  var WebAssembly: WebAssemblyApi;
}

export const webAssembly: WebAssemblyApi = globalThis.WebAssembly;
