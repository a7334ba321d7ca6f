// Handles `check`: checks a plugin's files by themselves, and proves what their DOWNs bring back.

import type { DatabaseCode, DatabaseSession, SessionTarget } from "../database/session.ts";
import { type Deadline, deadlineIn } from "../deadline.ts";
import { type Finding, finding, isError } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { CheckReply } from "../message/reply.ts";
import { type CheckedCheck, DEFAULT_TIMEOUT_MS } from "../message/request.ts";
import type { Outcome } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { withLiveProof } from "../rule/down_proof.ts";
import type { SourceFile } from "../source/source_file.ts";
import type { HandlerContext } from "./context.ts";
import { schemaTextOf } from "./schema_text.ts";
import { databaseFailure, type Failure, failureReply, validationFailure } from "./failure.ts";

// Files are rehearsed without rows, so a minute is long.
const REHEARSAL_TIMEOUT_MS = 60_000;

/**
 * Parses every file and rehearses it on an empty database: up, down, and up again, so that a DOWN
 * that does not undo its UP is found before it is needed. With `prove` the steps run on made-up
 * rows too, and with `live` those of pending files on the rows of the database; nothing is kept.
 * Fails with `VALIDATION_FAILED` where a file has an error that it does not accept.
 */
export async function check(
  address: DatabaseAddress,
  { prove, live }: CheckedCheck,
  context: HandlerContext,
): Promise<CheckReply | Failure> {
  const { plugin } = address;
  const deadline = deadlineIn(prove ? DEFAULT_TIMEOUT_MS : REHEARSAL_TIMEOUT_MS, context.signal);
  const found = await context.source.find(plugin);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  const tryOn = (target: SessionTarget): Promise<Outcome<TriedFiles, TrialCode>> =>
    tryFiles(target, found.files, prove, deadline, context);
  const alone = await tryOn({ kind: "empty", plugin });
  if (!alone.ok) return databaseFailure(alone, plugin);
  const { migrations, queryFiles: query_files } = alone.value;
  let { findings } = alone.value;
  if (live) {
    const onRows = await tryOn({ kind: "plugin", ...address });
    if (!onRows.ok) return databaseFailure(onRows, plugin, findings);
    findings = withLiveProof(findings, onRows.value);
  }
  if (findings.some(isError)) {
    return { ...validationFailure(plugin, "", findings), migrations, query_files };
  }
  return {
    success: true,
    verb: "check",
    plugin_name: plugin,
    migrations,
    query_files,
    warnings: findings.map(findingMessage),
  };
}

/** Why files were not tried. */
type TrialCode = DatabaseCode | "no-such-target";

/** Files that were tried. */
interface TriedFiles {
  readonly migrations: number;
  readonly queryFiles: number;
  /** The versions that were tried, each once or more. */
  readonly tried: readonly number[];
  readonly findings: readonly Finding[];
}

/** Tries the files that a database has not applied: up, down and up again. */
async function tryFiles(
  target: SessionTarget,
  files: AsyncIterable<SourceFile>,
  proves: boolean,
  deadline: Deadline<AbortSignal>,
  context: HandlerContext,
): Promise<Outcome<TriedFiles, TrialCode>> {
  await using session = await context.databases.open(target, "read");
  const loaded = await session.load(files);
  if (!loaded.ok) return loaded;
  const prepared = await session.prepare(
    { direction: "there-and-back", only: null, proves },
    deadline,
  );
  if (!prepared.ok) return prepared;
  const { steps, findings } = prepared.value;
  const { plugin } = target;
  const ofSchema = target.kind === "empty" ? await schemaFindings(plugin, session, context) : [];
  return {
    ok: true,
    value: {
      migrations: loaded.value.migrations.length,
      queryFiles: loaded.value.queryFiles,
      tried: steps.map(({ version }) => version),
      findings: [...findings, ...ofSchema],
    },
  };
}

async function schemaFindings(
  plugin: string,
  session: DatabaseSession,
  { source, signal }: HandlerContext,
): Promise<readonly Finding[]> {
  const subject = { version: null, name: null, file: "schema.sql" };
  const text = await schemaTextOf(plugin, source);
  if (!text.ok) return [finding("ERROR", "stale-schema", subject, text.message)];
  if (text.value === null) return [];
  const compared = await session.generate(
    { schema: text.value, file: null },
    deadlineIn(REHEARSAL_TIMEOUT_MS, signal),
  );
  if (!compared.ok) {
    // Files that do not run without rows may run on the rows of a database.
    const level = compared.code === "files" ? "WARNING" : "ERROR";
    const message = `schema.sql was not compared: ${compared.message}`;
    return [finding(level, "stale-schema", subject, message)];
  }
  const { differences } = compared.value;
  if (differences.length === 0) return [];
  const message = `Files and schema.sql differ in ${differences.join(", ")}; write the next file ` +
    `with "godwit diff", or schema.sql with "godwit dump"`;
  return [finding("WARNING", "stale-schema", subject, message)];
}
