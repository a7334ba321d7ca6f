// Starts a worker under a policy that requires Trusted Types. For browsers.

/** The used part of Trusted Types, which TypeScript's DOM library does not declare. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): {
    /** Makes an object that is accepted where a script's address is required. */
    createScriptURL(url: string): string;
  };
}

/**
 * The name of godwit's only Trusted Types policy; `Content-Security-Policy: trusted-types godwit`.
 */
const TRUSTED_TYPES_POLICY = "godwit";

let trust: ((url: string) => string) | null = null;

/** Starts a module worker. Throws if its address has another origin than the page. */
export function startWorker(url: string | URL, name: string): Worker {
  return new Worker(trustedScriptUrl(url), { type: "module", name });
}

/**
 * The address of a script as the policy requires it. Throws if it has another origin than the page.
 */
export function trustedScriptUrl(url: string | URL): string {
  trust ??= trustingPolicy();
  return trust(new URL(url, location.href).href);
}

// A policy can be created once:
// https://w3c.github.io/trusted-types/dist/spec/#trusted-type-policy-factory
function trustingPolicy(): (url: string) => string {
  const factory: TrustedTypes | undefined = Reflect.get(globalThis, "trustedTypes");
  const policy = factory?.createPolicy(TRUSTED_TYPES_POLICY, { createScriptURL: sameOrigin });
  return policy === undefined ? sameOrigin : (url) => policy.createScriptURL(url);
}

function sameOrigin(url: string): string {
  if (new URL(url).origin === location.origin) return url;
  throw new TypeError(`A worker must come from ${location.origin}, and ${url} does not`);
}
