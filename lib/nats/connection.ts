// Connects to NATS over WebSocket. Only this folder imports nats.ws.

import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  ErrorCode,
  type NatsConnection,
  NatsError,
} from "nats.ws";
import type { Log } from "../handler/context.ts";
import type { ServiceObserver } from "./service_observer.ts";
import { sleep } from "../deadline.ts";

/** How a client logs in. */
export type Credentials =
  | { readonly kind: "none" }
  | { readonly kind: "user"; readonly user: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string }
  /** The bytes of a `.creds` file, with a user's JWT and its key. */
  | { readonly kind: "creds"; readonly creds: Uint8Array };

/** The server, and how to log in. */
export interface NatsSettings {
  /** `ws://` or, with TLS, `wss://`; the servers of a cluster are separated by commas. */
  readonly url: string;
  readonly credentials: Credentials;
  /** Opens the connection; by default the WebSocket of the browser or of Deno does. */
  readonly openSocket?: OpenSocket;
  /** The subjects of replies, which permissions can allow to one user alone; `_INBOX` by default. */
  readonly inboxPrefix?: string;
}

/** Opens a WebSocket to a URL. */
export type OpenSocket = (url: string) => WebSocket;

const CONNECT_TIMEOUT_MS = 5_000;
// A lost network is noticed after two pings without an answer.
const PING_INTERVAL_MS = 30_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Connects once. Throws where the server cannot be reached or refuses. */
export function connectOnce(settings: NatsSettings): Promise<NatsConnection> {
  return connect(optionsOf(settings));
}

/**
 * Connects, and tries again while the server cannot be reached; `null` where `signal` is aborted
 * first. Throws at once where credentials are refused, because trying again would not help.
 */
export async function connectWithRetries(
  settings: NatsSettings,
  log: Log,
  signal: AbortSignal,
  observer: ServiceObserver,
): Promise<NatsConnection | null> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      return await connectOnce(settings);
    } catch (error) {
      if (isRefusedCredentials(error)) throw error;
      const delayMs = reconnectDelayMs(attempt);
      const reason = describeNatsError(error);
      observer.onOutage(reason);
      log("warn", "NATS cannot be reached yet; trying again", {
        url: redactUrl(settings.url),
        reason,
        delay_ms: delayMs,
      });
      await sleep(delayMs, signal);
    }
  }
  return null;
}

/** The URLs without the user and password that they may carry. */
export function redactUrl(urls: string): string {
  return urls.split(",").map(redactOne).join(",");
}

function redactOne(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return "an unreadable URL";
  parsed.username = "";
  parsed.password = "";
  return parsed.pathname === "/" ? parsed.href.replace(/\/$/, "") : parsed.href;
}

/** One line about why NATS failed, with a remedy where one is known, and without a stack trace. */
export function describeNatsError(error: unknown): string {
  // Browsers hide why a WebSocket failed. nats.ws then rejects with an error without a message.
  const said: unknown = error instanceof Error ? error.message : error;
  const text = String(said ?? "no server answers there, or it does not let this page in");
  const plain = text.replace(/^NetworkError: failed to connect to WebSocket: /, "");
  const hint = HINTS.find(([words]) => plain.includes(words))?.[1];
  return hint === undefined ? plain : `${plain}; ${hint}`;
}

// What Deno, the package `ws` and nats-server say, and a remedy.
const HINTS: readonly (readonly [string, string])[] = [
  ["tcp connect error", "no server listens there"],
  ["ECONNREFUSED", "no server listens there"],
  ["UnknownIssuer", "name the certificate authority's file in DENO_CERT"],
  ["Invalid status code", "is this NATS's WebSocket port, and does it want wss:?"],
  ["Unexpected server response", "is this NATS's WebSocket port, and does it want wss:?"],
  ["Authorization Violation", "check NATS_CREDS, NATS_USER and NATS_PASSWORD, or NATS_TOKEN"],
  ["AUTHORIZATION_VIOLATION", "check NATS_CREDS, NATS_USER and NATS_PASSWORD, or NATS_TOKEN"],
];

/** Reports whether the server refused the login. */
export function isRefusedCredentials(error: unknown): boolean {
  return error instanceof NatsError &&
    (error.code === ErrorCode.AuthorizationViolation ||
      error.code === ErrorCode.BadAuthentication ||
      error.code === ErrorCode.BadCreds || error.code === ErrorCode.AccountExpired);
}

// nats.ws has this option, and leaves it out of the type of its options.
interface SocketOptions {
  readonly wsFactory?: (url: string) => Promise<{
    readonly socket: WebSocket;
    readonly encrypted: boolean;
  }>;
}

function optionsOf(
  { url, credentials, openSocket, inboxPrefix }: NatsSettings,
): ConnectionOptions & SocketOptions {
  let attempt = 0;
  return {
    servers: redactUrl(url).split(","),
    name: "godwit",
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => reconnectDelayMs(attempt++ % 16),
    // The addresses that a server announces may be reachable only inside its own network.
    ignoreClusterUpdates: true,
    ...authenticationOf(credentials.kind === "none" ? credentialsIn(url) : credentials),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    ...(openSocket === undefined ? {} : socketOptions(openSocket)),
  };
}

function socketOptions(openSocket: OpenSocket): SocketOptions {
  return {
    wsFactory: (url) =>
      Promise.resolve({ socket: openSocket(url), encrypted: url.startsWith("wss:") }),
  };
}

// NATS clients read `user:password@`, or a token alone, from the first URL.
function credentialsIn(urls: string): Credentials {
  const [first = ""] = urls.split(",");
  const { username = "", password = "" } = URL.parse(first) ?? {};
  if (username === "") return { kind: "none" };
  const user = decode(username);
  return password === ""
    ? { kind: "token", token: user }
    : { kind: "user", user, password: decode(password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign is part of the secret.
    return text;
  }
}

function authenticationOf(credentials: Credentials): ConnectionOptions {
  switch (credentials.kind) {
    case "none":
      return {};
    case "user":
      return { user: credentials.user, pass: credentials.password };
    case "token":
      return { token: credentials.token };
    case "creds":
      return { authenticator: credsAuthenticator(credentials.creds) };
  }
  credentials satisfies never;
}

// Doubles up to five seconds. The random part spreads the clients that lost the same server.
function reconnectDelayMs(attempt: number): number {
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempt, 16), LONGEST_DELAY_MS);
  return Math.round(delayMs * (0.75 + Math.random() / 4));
}
