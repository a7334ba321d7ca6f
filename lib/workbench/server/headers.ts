// The response headers of the sandbox, for any server of static files. Pure; runs anywhere.

import { isNamedByContent } from "../offline/content_name.ts";

/** Names and values of a response's headers. */
export type Headers = Readonly<Record<string, string>>;

/** The files of the frame in which plugins' pages run. They have headers of their own. */
const FRAME_FILES: readonly string[] = ["/plugin_frame.html", "/plugin_frame.js"];

/**
 * The policy of the page. A worker has the policy of its own response, so every file needs it:
 * https://www.w3.org/TR/CSP3/#directive-worker-src
 */
const PAGE_POLICY: readonly string[] = [
  "default-src 'none'",
  // 'wasm-unsafe-eval' allows compiling WebAssembly, and no other evaluation.
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  // The user may connect to any NATS server.
  "connect-src 'self' ws: wss:",
  // This also prevents plugins' frames from navigating to another origin.
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The only policy, which makes the addresses of the sandbox's own workers.
  "trusted-types godwit",
];

/**
 * The policy of the frame in which plugins' pages run. The page sends their code as text, which
 * becomes a blob in the frame. The code may draw; it has no network and no storage.
 */
const FRAME_POLICY: readonly string[] = [
  // The frame has no origin even if its address is opened directly.
  "sandbox allow-scripts",
  "default-src 'none'",
  "script-src 'self' blob:",
  "worker-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
];

/**
 * Prevents every other connection of the frame. A policy forbids neither `<link rel=preconnect>`,
 * whose host name alone can leak data, nor WebRTC. Supported by Chromium only.
 * https://wicg.github.io/connection-allowlists/
 */
const FRAME_CONNECTIONS: Headers = { "Connection-Allowlist": "(response-origin)" };

const EVERYWHERE: Headers = {
  "Cache-Control": "no-cache",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-DNS-Prefetch-Control": "off",
};

// For a year, without asking again: https://www.rfc-editor.org/rfc/rfc8246
const KEPT: Headers = { "Cache-Control": "public, max-age=31536000, immutable" };

/**
 * The headers of the response for a file. A response that says that a file is missing must have
 * `Cache-Control: no-cache` instead.
 */
export function headersFor(pathname: string): Headers {
  const isFrame = FRAME_FILES.includes(pathname);
  return {
    ...EVERYWHERE,
    ...(isFrame ? FRAME_CONNECTIONS : {}),
    ...(isNamedByContent(pathname) ? KEPT : {}),
    "Content-Security-Policy": (isFrame ? FRAME_POLICY : PAGE_POLICY).join("; "),
    // The frame has no origin, so even its own script is cross-origin.
    "Cross-Origin-Resource-Policy": isFrame ? "cross-origin" : "same-origin",
  };
}
