// The reply to any request: the verb's own where it succeeded, or a failure. Runs anywhere.

import * as v from "valibot";
import { ERROR_CODES, type ErrorCode, type FindingMessage, type RunEntry } from "./reply.ts";
import { count, FindingSchema, hash, RunEntrySchema } from "./reply_schema.ts";
import { type AllMessages, allVerbs, type AnyVerb, type Verb, VERBS, verbs } from "./verbs.ts";

/** The reply to any request that failed. */
export interface FailureReply {
  /** Distinguishes it from a success. */
  success: false;
  /** Which verb it answers; `null` where the request named none that is known. */
  verb: AnyVerb | null;
  /** Why it failed, for programs. */
  error_code: ErrorCode;
  /** One sentence for people: what, where, and a remedy. */
  message: string;
  /** The name of SQLite's result code where SQLite failed, such as `SQLITE_FULL`. */
  sqlite_code?: string | undefined;
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** The findings of level `ERROR`. */
  errors: FindingMessage[];
  /** The other findings. */
  warnings: FindingMessage[];
  /** Present where the findings have suggestions and the reply was too large with them. */
  suggestions_omitted?: true | undefined;
  /** Where a run had begun: its identifier, as in its events. */
  run_id?: string | undefined;
  /** Where a run had begun: what was committed. */
  applied_migrations?: RunEntry[] | undefined;
  /** The same for a rollback. */
  rolled_back_migrations?: RunEntry[] | undefined;
  /** Where a run had begun: the migration at which it stopped. */
  failed_version?: number | undefined;
  /** The version that the database is at. */
  current_version?: number | undefined;
  /** SHA-256 of the plan, where there was one. */
  plan_hash?: string | undefined;
  /** The backup, where one was made. */
  backup?: string | undefined;
  /** Where files were checked: how many can be read. */
  migrations?: number | undefined;
  /** The same for files of statements of the plugin's code. */
  query_files?: number | undefined;
}

/** The reply to a verb; `success` and `verb` say which. */
export type Reply<V extends AnyVerb = Verb> = AllMessages[V]["reply"] | FailureReply;

/** The schema of the reply to any request that failed. */
export const FailureReplySchema: v.GenericSchema<FailureReply> = v.object({
  success: v.literal(false),
  verb: v.nullable(v.picklist(allVerbs())),
  error_code: v.picklist(ERROR_CODES),
  message: v.string(),
  sqlite_code: v.optional(v.string()),
  plugin_name: v.string(),
  tenant: v.optional(v.string()),
  errors: v.array(FindingSchema),
  warnings: v.array(FindingSchema),
  suggestions_omitted: v.optional(v.literal(true)),
  run_id: v.optional(v.string()),
  applied_migrations: v.optional(v.array(RunEntrySchema)),
  rolled_back_migrations: v.optional(v.array(RunEntrySchema)),
  failed_version: v.optional(count),
  current_version: v.optional(count),
  plan_hash: v.optional(hash),
  backup: v.optional(v.string()),
  migrations: v.optional(count),
  query_files: v.optional(count),
});

/** Reads a reply that came over the wire; `null` where the value is none. */
export function parseReply(value: unknown): Reply | null {
  const schema = schemaOf(value);
  if (schema === null) return null;
  const result = v.safeParse(schema, value);
  return result.success ? result.output : null;
}

const SuccessHeadSchema = v.object({ success: v.literal(true), verb: v.picklist(verbs()) });
const FailureHeadSchema = v.object({ success: v.literal(false) });

function schemaOf(value: unknown): v.GenericSchema<Reply> | null {
  if (v.is(FailureHeadSchema, value)) return FailureReplySchema;
  return v.is(SuccessHeadSchema, value) ? VERBS[value.verb].reply : null;
}
