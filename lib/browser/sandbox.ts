// What a page can ask of the sandbox, and what the sandbox tells it. Plain data that crosses threads and
// tabs; runs anywhere.

import type { Verb } from "../message/verbs.ts";
import type { RunEvent } from "../message/event.ts";
import type { Reply } from "../message/any_reply.ts";
import type { ChangeMessage, FindingMessage } from "../message/reply.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { SqlValue } from "../sqlite/sqlite3.ts";
import type { Outcome } from "../worker/session.ts";

/** Which tab runs the databases. */
export type TabRole =
  /** Not known yet. */
  | "waiting"
  /** This one. */
  | "owner"
  /** Another one, which this one forwards its requests to. */
  | "guest";

/** Where databases are kept. */
export type StorageKind =
  | { readonly kind: "opfs" }
  /** They are gone when the tab closes; `reason` says why there is nothing better. */
  | { readonly kind: "memory"; readonly reason: string };

/** How it stands with NATS. Each tab has settings of its own; the owner's are in force. */
export type NatsState =
  | { readonly kind: "off" }
  /** This tab is a guest; it will connect when it becomes the owner. */
  | { readonly kind: "standby"; readonly url: string }
  | { readonly kind: "connecting"; readonly url: string; readonly reason: string | null }
  | { readonly kind: "online"; readonly url: string; readonly prefix: string }
  /** The browser has no network, or the server is away; it is tried again. */
  | { readonly kind: "offline"; readonly url: string; readonly reason: string }
  /** The server does not let the tab in, or takes its subjects away; trying again would not help. */
  | { readonly kind: "refused"; readonly url: string; readonly reason: string };

/** The sandbox as a whole. */
export interface SandboxState {
  readonly role: TabRole;
  /** `null` until the owner has opened its storage. */
  readonly storage: StorageKind | null;
  /** The version of SQLite; `null` as above. */
  readonly engineVersion: string | null;
  readonly nats: NatsState;
}

/** Where a plugin's files come from. */
export type PluginOrigin =
  /** An ES module that was made by `godwit bundle`. */
  | "bundle"
  /** A manifest and files on a server. */
  | "http"
  /** Dropped onto the page, and kept in the browser; they hide the deployment's files of that name. */
  | "kept";

/** A plugin of the sandbox. */
export interface PluginEntry {
  readonly name: string;
  readonly origin: PluginOrigin;
  /** The plugin's own page code, to be run in isolation; `null` where it brings none. */
  readonly page: string | null;
}

/** A file's text as it is, and what is to be said about it. */
export interface FileReport {
  readonly file: string;
  /** `null` where the name is no migration's. */
  readonly version: number | null;
  readonly name: string | null;
  /** SHA-256 of the normalised text; `null` where the file does not parse. */
  readonly checksum: string | null;
  /** `null` where it cannot be shown as text. */
  readonly text: string | null;
  readonly findings: readonly FindingMessage[];
  /** What its UP does to the schema, rehearsed on the files before it; `null` where it was not reached. */
  readonly effect: {
    readonly before: Schema;
    readonly after: Schema;
    readonly changes: readonly ChangeMessage[];
  } | null;
}

/** Every file of a plugin, rehearsed in order on an empty database. */
export interface FilesReport {
  readonly plugin: string;
  /** Ascending by version; files without one stand last. */
  readonly files: readonly FileReport[];
  /** Findings that belong to no single file. */
  readonly findings: readonly FindingMessage[];
}

/** A file that is being edited, and is rehearsed as if it were among the plugin's. */
export interface Draft {
  readonly file: string;
  readonly text: string;
}

/** A statement of the person at the page, on the plugin's data. */
export interface DataQuery {
  readonly sql: string;
  /** `write` allows INSERT, UPDATE and DELETE; the schema changes by migrations alone. */
  readonly access: "read" | "write";
  /** The most rows that are returned. */
  readonly limit: number;
}

/** What a statement yields. */
export interface DataRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Whether there are more rows than `limit`. */
  readonly hasMore: boolean;
  /** Rows that the statement inserted, changed or deleted. */
  readonly changes: number;
}

/** A request or a reply as it went over the wire, or over the port that stands for it. */
export interface WireMessage {
  readonly at: string;
  readonly via: "page" | "nats" | "plugin";
  readonly direction: "request" | "reply";
  readonly subject: string;
  /** The payload as text: JSON, unless whoever sent it made a mistake. */
  readonly payload: string;
}

/** How a client proves who it is; never kept anywhere but in memory. */
export type NatsLogin =
  | { readonly kind: "none" }
  | { readonly kind: "user"; readonly user: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "creds"; readonly creds: string };

/** Where and as whom to connect. */
export interface NatsChoice {
  /** `ws://` or `wss://`, without user and password. */
  readonly url: string;
  readonly prefix: string;
  readonly login: NatsLogin;
}

/** What the sandbox tells its page. */
export type SandboxEvent =
  | { readonly kind: "state"; readonly state: SandboxState }
  | { readonly kind: "run"; readonly event: RunEvent }
  | { readonly kind: "wire"; readonly message: WireMessage }
  /** Files came or went. */
  | { readonly kind: "files"; readonly plugin: string }
  /** A database may be another than before: a run ended, rows were written, a file was imported. */
  | { readonly kind: "database"; readonly plugin: string };

/**
 * The sandbox, as a page sees it. Every call works in every tab: a guest forwards it to the owner. A
 * call whose owner closes is made again at the next owner if it only reads; a run is answered with
 * `DATABASE_UNAVAILABLE`.
 */
export interface Sandbox {
  /** Carries out a request of the wire contract; `payload` is its JSON. There is always a reply. */
  request(
    verb: Verb,
    plugin: string,
    payload: string,
    via?: "page" | "plugin",
  ): Promise<Reply>;
  plugins(): Promise<readonly PluginEntry[]>;
  /** Why plugins may be missing: bundles and manifests that cannot be had; sentences for people. */
  sourceProblems(): Promise<readonly string[]>;
  /** Rehearses a plugin's files; with `draft`, as if that file were among them, up, down and up again. */
  files(plugin: string, draft?: Draft): Promise<Outcome<FilesReport>>;
  /** The schema of the plugin's database as it is; an empty one where there is no database. */
  schema(plugin: string): Promise<Outcome<Schema>>;
  query(plugin: string, query: DataQuery): Promise<Outcome<DataRows>>;
  /**
   * The database as one file, which every SQLite opens, or one of its backups by name; `null` where
   * there is none.
   */
  exportDatabase(
    plugin: string,
    backup?: string,
  ): Promise<Outcome<Uint8Array<ArrayBuffer> | null>>;
  /** The names of the backups that were made before something destructive, the newest first. */
  backups(plugin: string): Promise<Outcome<readonly string[]>>;
  deleteBackup(plugin: string, backup: string): Promise<Outcome<void>>;
  /** Replaces the database by another, whole or not at all; what was there is kept as a backup. */
  importDatabase(plugin: string, bytes: Uint8Array): Promise<Outcome<void>>;
  /** Keeps files as a plugin's, in place of those that it had here. */
  keepFiles(
    plugin: string,
    files: readonly { readonly file: string; readonly bytes: Uint8Array }[],
  ): Promise<Outcome<void>>;
  /** Forgets the files that were kept for a plugin; its database stays. */
  forgetFiles(plugin: string): Promise<Outcome<void>>;
  /** Serves the plugins over NATS from this tab, as soon as it is the owner. */
  connectNats(choice: NatsChoice): Promise<Outcome<void>>;
  disconnectNats(): Promise<void>;
  /** Calls `listener` with every event from now on, the state first; returns how to end it. */
  subscribe(listener: (event: SandboxEvent) => void): Promise<() => void>;
  /** Finishes or undoes what runs, and lets another tab take over. */
  close(): Promise<void>;
}

/** How a page opens the sandbox. */
export interface SandboxOptions {
  /** The bundled worker, `sandbox_worker.js`; `database_worker.js` and `sqlite3.wasm` lie beside it. */
  readonly workerUrl: string | URL;
  /**
   * Tabs with one name share databases; a name is one directory of OPFS. They share the owner's bundles
   * and manifest too, so they should be opened alike.
   */
  readonly name?: string;
  /** Modules made by `godwit bundle`, of this origin. */
  readonly bundles?: readonly (string | URL)[];
  /** A manifest of plugins on a server. */
  readonly manifest?: string | URL;
}
