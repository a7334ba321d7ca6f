// Handles `check`: checks a plugin's files by themselves, without its database.

import { deadlineIn } from "../deadline.ts";
import { type Finding, finding, isError } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { CheckReply } from "../message/reply.ts";
import type { EmptyRequest } from "../message/request.ts";
import type { DatabaseSession } from "../database/session.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import { schemaTextOf } from "./schema_text.ts";
import { databaseFailure, type Failure, failureReply, validationFailure } from "./failure.ts";

// Files are rehearsed without rows, so a minute is long.
const TIMEOUT_MS = 60_000;

/**
 * Parses every file and rehearses it on an empty database: up, down, and up again, so that a DOWN
 * that does not undo its UP is found before it is needed. Fails with `VALIDATION_FAILED` where a
 * file has an error.
 */
export async function check(
  { plugin }: DatabaseAddress,
  _request: EmptyRequest,
  context: HandlerContext,
): Promise<CheckReply | Failure> {
  const found = await context.source.find(plugin);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  await using session = await context.databases.open({ kind: "empty", plugin }, "read");
  const loaded = await session.load(found.files);
  if (!loaded.ok) return databaseFailure(loaded, plugin);
  const { migrations, findings } = loaded.value;
  const prepared = await session.prepare(
    { direction: "there-and-back", only: null },
    deadlineIn(TIMEOUT_MS, context.signal),
  );
  if (!prepared.ok) return databaseFailure(prepared, plugin, findings);
  const all = [...prepared.value.findings, ...await schemaFindings(plugin, session, context)];
  if (all.some(isError)) {
    return { ...validationFailure(plugin, "", all), migrations: migrations.length };
  }
  return {
    success: true,
    verb: "check",
    plugin_name: plugin,
    migrations: migrations.length,
    warnings: all.map(findingMessage),
  };
}

// A file that does not run has an error of its own.
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
    deadlineIn(TIMEOUT_MS, signal),
  );
  if (!compared.ok) {
    return compared.code === "schema-file"
      ? [finding("ERROR", "stale-schema", subject, compared.message)]
      : [];
  }
  const { differences } = compared.value;
  if (differences.length === 0) return [];
  const message = `Files and schema.sql differ in ${differences.join(", ")}; write the next file ` +
    `with "godwit diff", or schema.sql with "godwit dump"`;
  return [finding("WARNING", "stale-schema", subject, message)];
}
