// The contract of the sandbox: its calls, their data and its events. All of it is plain data,
// because it crosses threads and tabs. Types alone.

import type { Verb } from "../message/verbs.ts";
import type { RunEvent } from "../message/event.ts";
import type { Reply } from "../message/any_reply.ts";
import type { FindingMessage } from "../message/reply.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { SqlValue } from "../sqlite/sqlite3.ts";
import type { FleetRow } from "../fleet/fleet_table.ts";
import type { RolloutOverview } from "../fleet/overview.ts";
import type { HaltReason, Phase } from "../fleet/rollout_record.ts";
import type { Outcome } from "../outcome.ts";
import type {
  AppliedComparison,
  SchemaComparison,
  SchemaEffect,
  WantedSchema,
} from "./comparison.ts";

/** Which tab runs the databases. */
export type TabRole =
  /** Not known yet. */
  | "waiting"
  /** This one. */
  | "owner"
  /** Another one. This tab forwards its requests to that one. */
  | "guest";

/** Where databases are stored. */
export type StorageKind =
  /** In the browser's private file system. */
  | { readonly kind: "opfs" }
  /** In memory: they are lost when the tab closes. `reason` says why OPFS cannot be used. */
  | { readonly kind: "memory"; readonly reason: string };

/** The state of the connection to NATS. Each tab has its own settings; those of the owner apply. */
export type NatsState =
  /** No server is chosen. */
  | { readonly kind: "off" }
  /** This tab is a guest. It connects when it becomes the owner. */
  | { readonly kind: "standby"; readonly url: string }
  /** The first attempt, or another one after `reason`. */
  | { readonly kind: "connecting"; readonly url: string; readonly reason: string | null }
  /** The tab serves the plugins. */
  | { readonly kind: "online"; readonly url: string; readonly prefix: string }
  /** The browser has no network, or the server does not answer. The tab tries again. */
  | { readonly kind: "offline"; readonly url: string; readonly reason: string }
  /** The server refuses the login or the subjects. The tab does not try again. */
  | { readonly kind: "refused"; readonly url: string; readonly reason: string };

/** The state of the node that the owner is in a fleet. */
export type NodeState =
  /** The tab is no node, or is not connected. */
  | { readonly kind: "off" }
  /** It is about to take part, or tries again after `reason`. */
  | { readonly kind: "joining"; readonly node: string; readonly reason: string | null }
  /** It takes part in rollouts. */
  | { readonly kind: "joined"; readonly node: string }
  /** It cannot be a node, and does not try again; it serves nothing over NATS either. */
  | { readonly kind: "refused"; readonly node: string; readonly reason: string };

/** The state of the sandbox. */
export interface SandboxState {
  /** Which tab runs the databases. */
  readonly role: TabRole;
  /** `null` until the owner has opened its storage. */
  readonly storage: StorageKind | null;
  /** The version of SQLite; `null` until the owner has opened its storage. */
  readonly engineVersion: string | null;
  /** The connection to NATS. */
  readonly nats: NatsState;
  /** The part that the owner takes in a fleet. */
  readonly node: NodeState;
}

/** Where a plugin's files come from. */
export type PluginOrigin =
  /** An ES module made by `godwit bundle`. */
  | "bundle"
  /** A manifest and files on a server. */
  | "http"
  /** Saved in this browser. They replace the files that the deployment has for the plugin. */
  | "saved";

/** A plugin of the sandbox. */
export interface PluginEntry {
  /** The name of the plugin. */
  readonly name: string;
  /** Where its files come from. */
  readonly origin: PluginOrigin;
  /** The address of the plugin's page code, for `openPluginFrame()`; `null` if it has none. */
  readonly page: string | null;
}

/** A migration file: its text and its findings. */
export interface FileReport {
  /** The name of the file. */
  readonly file: string;
  /** `null` if the file name is not that of a migration. */
  readonly version: number | null;
  /** The description in the file name; `null` if the file name is not that of a migration. */
  readonly name: string | null;
  /** SHA-256 of the normalised text; `null` if the file does not parse. */
  readonly checksum: string | null;
  /** `null` if the file is not valid UTF-8. */
  readonly text: string | null;
  /** Warnings and errors found in this file. */
  readonly findings: readonly FindingMessage[];
  /**
   * What the UP section does to the schema, rehearsed after the files before it; `null` if the
   * rehearsal did not complete it.
   */
  readonly effect: SchemaEffect | null;
}

/** Every file of a plugin, rehearsed in order on an empty database. */
export interface FilesReport {
  /** The name of the plugin. */
  readonly plugin: string;
  /** Ascending by version; files without a version come last. */
  readonly files: readonly FileReport[];
  /** Findings that belong to no single file. */
  readonly findings: readonly FindingMessage[];
}

/** A file that is not saved, to be rehearsed with the plugin's files. */
export interface Draft {
  /** The name of the file. It replaces the plugin's file of that name. */
  readonly file: string;
  /** The text of the file. */
  readonly text: string;
}

/** What a database file has in it. */
export interface DatabaseReading {
  /** The names of its tables and views. */
  readonly tables: readonly string[];
  /** The plugins whose history it has. */
  readonly owners: readonly string[];
  /** The files that its log has, of the first of them. */
  readonly files: readonly Draft[];
  /**
   * A first migration that makes its schema, where it has no history; a failure where none can be
   * generated.
   */
  readonly baseline: Outcome<Draft> | null;
}

/** One SQL statement on a plugin's rows. */
export interface DataQuery {
  /** The statement, without parameters. */
  readonly sql: string;
  /**
   * Where the statement begins in `sql`, in UTF-16 units. The rest may then have more statements,
   * which do not run; without it, `sql` is one statement.
   */
  readonly from?: number;
  /**
   * `write` allows INSERT, UPDATE and DELETE; `try` allows them too, and undoes what they did. Only
   * migrations change the schema.
   */
  readonly access: "read" | "try" | "write";
  /** The highest number of rows to return. */
  readonly limit: number;
  /** A name for `stopQuery()`, such as a random UUID; without one it cannot be stopped. */
  readonly id?: string;
}

/** The result of a statement. */
export interface DataRows {
  /** The names of the columns. */
  readonly columns: readonly string[];
  /** The values of each row, in the order of `columns`. */
  readonly rows: readonly (readonly SqlValue[])[];
  /** Whether there are more rows than `limit`. */
  readonly hasMore: boolean;
  /** How many rows the statement inserted, updated or deleted. */
  readonly changes: number;
  /** What the statement writes; `null` if it only reads. */
  readonly write: DataWrite | null;
  /** Where the next statement begins, in UTF-16 units; `null` if there is none. */
  readonly next: number | null;
}

/** What a statement writes. */
export interface DataWrite {
  /** The table that it names. */
  readonly table: string;
  /** What it does to rows of that table. */
  readonly actions: readonly ("insert" | "update" | "delete")[];
  /** How many more rows triggers and foreign keys have changed, in any table. */
  readonly furtherChanges: number;
  /** Whether it may delete or overwrite rows that were there, in any table. */
  readonly overwrites: boolean;
}

/** A request or a reply of the wire contract, from any client. */
export interface WireMessage {
  /** When it was received or sent: ISO 8601, UTC. */
  readonly at: string;
  /** The client: this page, a NATS client, or the page of a plugin. */
  readonly via: "page" | "nats" | "plugin";
  /** Whether it is a request or its reply. */
  readonly direction: "request" | "reply";
  /** The subject of the request. */
  readonly subject: string;
  /** The payload as text. A request may be invalid JSON. */
  readonly payload: string;
}

/** Credentials for NATS. They stay in the memory of the tab. */
export type NatsLogin =
  | { readonly kind: "none" }
  | { readonly kind: "user"; readonly user: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string }
  /** The text of a credentials file. */
  | { readonly kind: "creds"; readonly creds: string };

/** A node of a fleet. */
export interface FleetNodeChoice {
  /**
   * A name that no other node has: 1 to 64 characters of a-z, 0-9, _ and -. Another browser is
   * another node.
   */
  readonly node: string;
  /** What operators choose nodes by, such as `{ region: "eu" }`; none by default. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The public keys of the publishers whose bundles it takes; by default it takes every bundle. */
  readonly trust?: readonly string[];
}

/** A NATS server to connect to. */
export interface NatsChoice {
  /** An address of `ws://` or `wss://`, without user and password. */
  readonly url: string;
  /** The prefix of the subjects to serve, such as `db.migrate`. */
  readonly prefix: string;
  /** The credentials. */
  readonly login: NatsLogin;
  /**
   * Makes the tab a node of the fleet on that server. It then takes part in the rollouts of its
   * plugins, and serves the subjects `<prefix>-nodes.<node>.<plugin>.*`.
   */
  readonly fleet?: FleetNodeChoice;
}

/** A rollout as a page reads it: its overview, and of its record what names it and where it is. */
export interface RolloutReading extends RolloutOverview {
  /** The plugin. */
  readonly plugin: string;
  /** The version to which it leads. */
  readonly target_version: number;
  /** Who started it. */
  readonly started_by: string;
  /** Where it is. */
  readonly phase: Phase;
  /** Why it went no further; empty where nothing speaks against it. */
  readonly why: readonly HaltReason[];
}

/** A fleet: its nodes, and the last rollout of each plugin. */
export interface FleetReading {
  /** The plugins on nodes, by plugin and node. */
  readonly rows: readonly FleetRow[];
  /** The rollouts, by plugin. */
  readonly rollouts: readonly RolloutReading[];
}

/** What listeners of `Sandbox.subscribe()` receive. */
export type SandboxEvent =
  /** The state changed. */
  | { readonly kind: "state"; readonly state: SandboxState }
  /** An event of a run, as it is published over NATS. */
  | { readonly kind: "run"; readonly event: RunEvent }
  /** A request or a reply. */
  | { readonly kind: "wire"; readonly message: WireMessage }
  /** Files of a plugin were saved or deleted. */
  | { readonly kind: "files"; readonly plugin: string }
  /** A database may have changed: a run ended, rows were written, or a file was imported. */
  | { readonly kind: "database"; readonly plugin: string }
  /** The fleet has changed since it was read. */
  | { readonly kind: "fleet" };

/**
 * An open sandbox. Every call works in every tab: a guest forwards it to the owner. If the owner
 * closes before it has answered, a call that only reads is sent again to the next owner; a call
 * that writes fails, and a run is answered with `DATABASE_UNAVAILABLE`.
 */
export interface Sandbox {
  /** Sends a request of the wire contract; `payload` is its JSON text. There is always a reply. */
  request(
    verb: Verb,
    plugin: string,
    payload: string,
    via?: "page" | "plugin",
  ): Promise<Reply>;
  /** Lists the plugins of every source, by name. */
  plugins(): Promise<readonly PluginEntry[]>;
  /** Bundles and manifests that could not be loaded, one sentence for each. */
  sourceProblems(): Promise<readonly string[]>;
  /**
   * Rehearses a plugin's files on an empty database. With a draft, the draft alone runs up, down
   * and up again; otherwise each file does.
   */
  files(plugin: string, draft?: Draft): Promise<Outcome<FilesReport>>;
  /**
   * Compares the schema that a plugin's files make with a wanted one, and generates the next file.
   * Nothing is saved.
   */
  compareSchema(plugin: string, wanted: WantedSchema): Promise<Outcome<SchemaComparison>>;
  /**
   * Compares the text of a file with what ran as its version, which is what the log of the database
   * has; `null` if that version is not applied.
   */
  compareApplied(
    plugin: string,
    version: number,
    text: string,
  ): Promise<Outcome<AppliedComparison | null>>;
  /** Reads the schema of the plugin's database; it is empty if there is no database. */
  schema(plugin: string): Promise<Outcome<Schema>>;
  /** Runs one statement on the plugin's database. */
  query(plugin: string, query: DataQuery): Promise<Outcome<DataRows>>;
  /**
   * Stops a query or a comparison by its id, and undoes what it has written; succeeds if it has
   * ended already. Fails where that would end the thread that has the database in its memory.
   */
  stopQuery(id: string): Promise<Outcome<void>>;
  /** The bytes of the database file, or of a backup; `null` if there is no such file. */
  exportDatabase(
    plugin: string,
    backup?: string,
  ): Promise<Outcome<Uint8Array<ArrayBuffer> | null>>;
  /** Deletes a backup. */
  deleteBackup(plugin: string, backup: string): Promise<Outcome<void>>;
  /**
   * Replaces the database in one transaction. The previous contents are backed up first. With a
   * baseline, a file that makes exactly the schema of the new database, that file is recorded as
   * applied.
   */
  importDatabase(plugin: string, bytes: Uint8Array, baseline?: Draft): Promise<Outcome<void>>;
  /** Reads a database file without keeping it. */
  readDatabase(bytes: Uint8Array): Promise<Outcome<DatabaseReading>>;
  /** Rehearses files that are not saved, each of them, on an empty database. */
  rehearse(plugin: string, files: readonly Draft[]): Promise<Outcome<FilesReport>>;
  /** Saves files for a plugin in this browser. They replace all files saved for it before. */
  saveFiles(
    plugin: string,
    files: readonly { readonly file: string; readonly bytes: Uint8Array }[],
  ): Promise<Outcome<void>>;
  /** Deletes the files saved for a plugin. Its database stays. */
  deleteFiles(plugin: string): Promise<Outcome<void>>;
  /**
   * Reads the fleet on the NATS server that the owner is connected to. For a minute from then on an
   * event `fleet` says that it has changed. Fails where the owner is not connected
   * (`not-connected`), the server has no JetStream (`no-jetstream`), no operator has made the buckets
   * (`no-bucket`), or the login may not read them (`forbidden`).
   */
  fleet(): Promise<Outcome<FleetReading>>;
  /** Serves the plugins over NATS from this tab, as soon as it is the owner. */
  connectNats(choice: NatsChoice): Promise<Outcome<void>>;
  /** Answers the requests that NATS has delivered, then disconnects. */
  disconnectNats(): Promise<void>;
  /**
   * Calls `listener` with the present state and then with every event. Returns the unsubscribe
   * function.
   */
  subscribe(listener: (event: SandboxEvent) => void): Promise<() => void>;
  /** Finishes or rolls back what runs, and gives up ownership. */
  close(): Promise<void>;
}

/** How a page opens the sandbox. */
export interface SandboxOptions {
  /** The address of `sandbox_worker.js`. `database_worker.js` and `sqlite3.wasm` are beside it. */
  readonly workerUrl: string | URL;
  /**
   * The name of a directory in OPFS; `godwit` by default. Tabs with the same name share databases,
   * and the bundles and the manifest of the owner apply to all of them, so open them with the same
   * options.
   */
  readonly name?: string;
  /** Addresses of modules made by `godwit bundle`, on this origin. */
  readonly bundles?: readonly (string | URL)[];
  /**
   * The public keys of publishers. Where there are any, a bundle that none of them has signed is
   * refused; by default every bundle is taken. A manifest is trusted as its server is.
   */
  readonly trust?: readonly string[];
  /** The address of a manifest of plugins on a server. */
  readonly manifest?: string | URL;
}
