// Checks the values of options. Each function returns the value, or throws what Commander reports.
// Pure; runs anywhere.

import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { BackupPolicy } from "../backup/backup_rules.ts";
import { type FailureLimit, SHARE } from "../fleet/limits.ts";
import { EXPECTED_LABEL, type Labels, parseLabel } from "../fleet/labels.ts";
import { EXPECTED_NODE_NAME, isNodeName } from "../fleet/node_identity.ts";
import type { ApprovalGate, UndoMethod } from "../fleet/rollout_record.ts";
import { parseWaves } from "../fleet/waves.ts";
import { parseSqliteVersion } from "../migration/sqlite_version.ts";
import { LOG_LEVELS, type LogLevel } from "./process_log.ts";
import type { CheckFormat } from "./command.ts";
import type { HttpAddress } from "../http/operations_server.ts";
import type { Shell } from "./command.ts";
import type { PlanPart } from "../message/request.ts";
import { isPrefix } from "../message/subject.ts";

/**
 * A text that does not begin like an option. Commander takes the next argument as the value,
 * whatever it is: `--by --dry-run` would run for real.
 */
export function text(value: string): string {
  if (value.startsWith("-")) throw new InvalidArgumentError("It must not begin with -");
  return value;
}

/** A version, or `latest`. */
export function versionOrLatest(value: string): number | "latest" {
  if (value === "latest") return value;
  return digits(value, 'It needs a version or "latest"');
}

/** A version. */
export function version(value: string): number {
  return digits(value, "It needs a version");
}

/** A whole number of 0 or more. */
export function wholeNumber(value: string): number {
  return digits(value, "It needs a whole number");
}

/** On how many servers of a cluster something is stored. */
export function copies(value: string): number {
  if (/^[1-5]$/.test(value)) return Number(value);
  throw new InvalidArgumentError("It needs a number from 1 to 5");
}

/** A journal mode. */
export function journalMode(value: string): "delete" | "wal" {
  if (value === "delete" || value === "wal") return value;
  throw new InvalidArgumentError("It needs delete or wal");
}

/** What the findings of a check are written as. */
export function checkFormat(value: string): CheckFormat {
  const format = FORMATS.find((each) => each === value);
  if (format !== undefined) return format;
  throw new InvalidArgumentError(`It needs one of ${FORMATS.join(", ")}`);
}

const FORMATS: readonly CheckFormat[] = ["text", "json", "github", "sarif", "junit"];

/** How bad something must be to be logged. */
export function logLevel(value: string): LogLevel {
  const level = LOG_LEVELS.find((each) => each === value);
  if (level !== undefined) return level;
  throw new InvalidArgumentError(`It needs one of ${LOG_LEVELS.join(", ")}`);
}

/** When a run makes a backup. */
export function backupPolicy(value: string): BackupPolicy {
  if (value === "always" || value === "lossy" || value === "never") return value;
  throw new InvalidArgumentError("It needs always, lossy or never");
}

/** What is committed at a time. */
export function transactionExtent(value: string): "migration" | "plan" {
  if (value === "migration" || value === "plan") return value;
  throw new InvalidArgumentError("It needs migration or plan");
}

/** Parts of a plan, separated by commas. */
export function planParts(value: string): readonly PlanPart[] {
  const parts = value.split(",");
  const known = parts.filter((part) => part === "statements" || part === "schemas");
  if (known.length === parts.length) return known;
  throw new InvalidArgumentError("It needs statements, schemas or statements,schemas");
}

/** A shell. */
export function shellName(value: string): Shell {
  if (value === "bash" || value === "zsh" || value === "fish") return value;
  throw new InvalidArgumentError("It needs bash, zsh or fish");
}

/** The path of a JavaScript module. */
export function moduleFile(value: string): string {
  // A server derives the media type from the extension, and browsers load modules by media type.
  if (/[^/\\]\.m?js$/.test(value)) return text(value);
  throw new InvalidArgumentError("It needs a file that ends in .js or .mjs");
}

/** When the waves of a rollout are done. */
export function waves(value: string): string {
  const parsed = parseWaves(value);
  if (parsed.ok) return value;
  throw new InvalidArgumentError(`It is refused: ${parsed.message}`);
}

/** How many databases may fail, or which share. */
export function failureLimit(value: string): FailureLimit {
  return SHARE.test(value)
    ? value
    : digits(value, "It needs a whole number, or a share such as 5%");
}

/** Labels such as `region=eu`; the option may be repeated. */
export function labels(value: string, before: Labels | undefined): Labels {
  const parsed = parseLabel(value);
  if (parsed === null) throw new InvalidArgumentError(`It is refused: ${EXPECTED_LABEL}`);
  return { ...before, [parsed[0]]: parsed[1] };
}

/**
 * Public keys of publishers; the option may be repeated. Their checksums are verified before they
 * are used.
 */
export function publicKeys(
  value: string,
  before: readonly string[] | undefined,
): readonly string[] {
  if (PUBLIC_KEY.test(value)) return [...before ?? [], value];
  throw new InvalidArgumentError("It needs a public key, which begins with U: godwit key FILE");
}

const PUBLIC_KEY = /^U[A-Z2-7]{55}$/;

/** The name of a node, which is part of a key and of a subject. */
export function nodeName(value: string): string {
  if (isNodeName(value)) return value;
  throw new InvalidArgumentError(`It needs ${EXPECTED_NODE_NAME}`);
}

/** Names of nodes, of an option that may be repeated. */
export function nodeNames(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...before ?? [], nodeName(value)];
}

/** After which waves an operator has a say. */
export function approvalGate(value: string): ApprovalGate {
  if (value === "none" || value === "first" || value === "each") return value;
  throw new InvalidArgumentError("It needs first, each or none");
}

/** How databases are brought back. */
export function undoMethod(value: string): UndoMethod {
  if (value === "restore" || value === "roll-back") return value;
  throw new InvalidArgumentError("It needs restore or roll-back");
}

/** A version of SQLite. */
export function sqliteVersion(value: string): string {
  if (parseSqliteVersion(value) !== null) return value;
  throw new InvalidArgumentError("It needs a version of SQLite, such as 3.35.0");
}

/** A URL of WebSocket, or those of the servers of a cluster, separated by commas. */
export function webSocketUrl(value: string): string {
  const isOne = (url: string): boolean => ["ws:", "wss:"].includes(URL.parse(url)?.protocol ?? "");
  if (value.split(",").every(isOne)) return value;
  throw new InvalidArgumentError("It needs a URL that begins with ws:// or wss://");
}

/** Where to listen: a host and a port, or a port of the loopback interface. */
export function httpAddress(value: string): HttpAddress {
  const [, host, port] = /^(?:(\[[0-9a-f:.]+\]|[a-z0-9.-]*):)?(\d{1,5})$/i.exec(value) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError("It needs HOST:PORT, or a port of this machine alone");
  }
  const hostname = host === undefined || host === "" ? "127.0.0.1" : host;
  return { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** A NATS subject without wildcards. */
export function subject(value: string): string {
  if (isPrefix(value)) return value;
  throw new InvalidArgumentError("It needs a NATS subject without wildcards");
}

function digits(value: string, problem: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError(problem);
  return Number(value);
}
