// The schemas of the messages about a plugin's schema.sql. Runs anywhere.

import * as v from "valibot";
import { flag } from "./request_schema.ts";
import type { CheckedDiff, DiffReply, DiffRequest, DumpReply } from "./schema_file.ts";

/** The schema of a diff request. */
export const DiffRequestSchema: v.GenericSchema<DiffRequest, CheckedDiff> = v.strictObject({
  schema: v.optional(v.string("expected a text")),
  description: v.optional(v.string("expected a text"), ""),
  renames: v.optional(v.array(v.string("expected a text"), "expected a list"), []),
  no_rename: flag,
  requires: v.optional(v.pipe(
    v.string("expected a text"),
    v.regex(/^\d{1,4}\.\d{1,4}(\.\d{1,4})?$/, "expected a version of SQLite, such as 3.35.0"),
  )),
});

/** The schema of the reply to a diff. */
export const DiffReplySchema: v.GenericSchema<DiffReply> = v.object({
  success: v.literal(true),
  verb: v.literal("diff"),
  plugin_name: v.string(),
  differences: v.array(v.string()),
  schema_diff: v.string(),
  possible_renames: v.array(v.string()),
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  file: v.nullable(v.string()),
  losses: v.array(v.string()),
});

/** The schema of the reply to a dump. */
export const DumpReplySchema: v.GenericSchema<DumpReply> = v.object({
  success: v.literal(true),
  verb: v.literal("dump"),
  plugin_name: v.string(),
  schema: v.string(),
});
