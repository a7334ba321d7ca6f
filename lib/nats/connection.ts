// Connects to NATS over WebSocket. With its neighbours in this folder, all there is of nats.ws.

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
import { sleep } from "../sleep.ts";

/** How a client proves who it is. */
export type Credentials =
  | { readonly kind: "none" }
  | { readonly kind: "user"; readonly user: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string }
  /** The bytes of a `.creds` file, with a user's JWT and its key. */
  | { readonly kind: "creds"; readonly creds: Uint8Array };

/** Where and as whom to connect. */
export interface NatsSettings {
  /** `ws://` or, with TLS, `wss://`. */
  readonly url: string;
  readonly credentials: Credentials;
}

const CONNECT_TIMEOUT_MS = 5_000;
// A network that vanishes without a word is noticed after the second ping that nobody answers.
const PING_INTERVAL_MS = 30_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Connects once; throws where there is no server or it refuses. */
export function connectOnce(settings: NatsSettings): Promise<NatsConnection> {
  return connect(optionsOf(settings));
}

/**
 * Connects, waiting for a server that is not there yet, until `signal` is aborted. Refused credentials
 * are thrown at once: they do not get better by trying.
 */
export async function connectPatiently(
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

/** The URL without the user and password that it may carry. */
export function redactUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return "an unreadable URL";
  parsed.username = "";
  parsed.password = "";
  return parsed.pathname === "/" ? parsed.href.replace(/\/$/, "") : parsed.href;
}

/** One line about why NATS failed, with the way out where one is known; without a stack trace. */
export function describeNatsError(error: unknown): string {
  // A browser does not say why a WebSocket failed, and the client passes on that it said nothing.
  const said: unknown = error instanceof Error ? error.message : error;
  const text = String(said ?? "no server answers there, or it does not let this page in");
  const plain = text.replace(/^NetworkError: failed to connect to WebSocket: /, "");
  const hint = HINTS.find(([words]) => plain.includes(words))?.[1];
  return hint === undefined ? plain : `${plain}; ${hint}`;
}

// How Deno says it, and what helps.
const HINTS: readonly (readonly [string, string])[] = [
  ["tcp connect error", "no server listens there"],
  ["UnknownIssuer", "name the certificate authority's file in DENO_CERT"],
  ["Invalid status code", "is this NATS's WebSocket port, and does it want wss:?"],
  ["Authorization Violation", "check NATS_CREDS, NATS_USER and NATS_PASSWORD, or NATS_TOKEN"],
  ["AUTHORIZATION_VIOLATION", "check NATS_CREDS, NATS_USER and NATS_PASSWORD, or NATS_TOKEN"],
];

/** Says whether the server refused who we are. */
export function isRefusedCredentials(error: unknown): boolean {
  return error instanceof NatsError &&
    (error.code === ErrorCode.AuthorizationViolation ||
      error.code === ErrorCode.BadAuthentication ||
      error.code === ErrorCode.BadCreds || error.code === ErrorCode.AccountExpired);
}

function optionsOf({ url, credentials }: NatsSettings): ConnectionOptions {
  let attempt = 0;
  return {
    servers: redactUrl(url),
    name: "godwit",
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => reconnectDelayMs(attempt++ % 16),
    // The addresses that a server gossips are for its own network; the one that was given works.
    ignoreClusterUpdates: true,
    ...authenticationOf(credentials.kind === "none" ? credentialsIn(url) : credentials),
  };
}

// As NATS clients read them: `user:password@`, or a token alone.
function credentialsIn(url: string): Credentials {
  const { username = "", password = "" } = URL.parse(url) ?? {};
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

// Doubles up to five seconds. The random part keeps many clients from coming back at one instant.
function reconnectDelayMs(attempt: number): number {
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempt, 16), LONGEST_DELAY_MS);
  return Math.round(delayMs * (0.75 + Math.random() / 4));
}
