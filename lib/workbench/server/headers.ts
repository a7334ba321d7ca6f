// The headers that the sandbox is served with, for any server of static files. Pure; runs anywhere.

/** Names and values of a response's headers. */
export type Headers = Readonly<Record<string, string>>;

/** The files of the frame that plugins' page code runs in; they have headers of their own. */
const FRAME_FILES: readonly string[] = ["/plugin_frame.html", "/plugin_frame.js"];

/**
 * The page's policy. Workers take the policy of their own response, so it belongs on every file:
 * https://www.w3.org/TR/CSP3/#directive-worker-src
 */
const PAGE_POLICY: readonly string[] = [
  "default-src 'none'",
  // 'wasm-unsafe-eval' lets WebAssembly compile, and nothing else.
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  // A sandbox may be connected to any NATS server that its user names.
  "connect-src 'self' ws: wss:",
  // It also keeps plugins' frames from navigating to another origin.
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The one policy makes the addresses of the sandbox's own workers.
  "trusted-types godwit",
];

/**
 * The policy of the frame that plugins' page code runs in. That code is handed over as text and
 * becomes a blob of the frame; it may draw what it likes, and reach nothing.
 */
const FRAME_POLICY: readonly string[] = [
  // The frame stays without origin when somebody opens its address by itself.
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
 * Keeps the frame from connecting anywhere else by whatever means: a policy forbids neither
 * `<link rel=preconnect>`, whose host name alone can tell a secret, nor WebRTC. Chromium alone knows it.
 * https://wicg.github.io/connection-allowlists/
 */
const FRAME_CONNECTIONS: Headers = { "Connection-Allowlist": "(response-origin)" };

const EVERYWHERE: Headers = {
  "Cache-Control": "no-cache",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-DNS-Prefetch-Control": "off",
};

/** The headers of a response, by the path that was asked for. */
export function headersFor(pathname: string): Headers {
  const isFrame = FRAME_FILES.includes(pathname);
  return {
    ...EVERYWHERE,
    ...(isFrame ? FRAME_CONNECTIONS : {}),
    "Content-Security-Policy": (isFrame ? FRAME_POLICY : PAGE_POLICY).join("; "),
    // The frame has no origin, so to it even its own script comes from another one.
    "Cross-Origin-Resource-Policy": isFrame ? "cross-origin" : "same-origin",
  };
}
