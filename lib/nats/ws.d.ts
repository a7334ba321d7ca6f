// What godwit uses of the package `ws`, which has no types of its own.

/** A client's WebSocket; it has the interface of the browsers' one. */
export const WebSocket: new (
  url: string,
  options: { readonly perMessageDeflate: boolean },
) => globalThis.WebSocket;
