// The schema of a plugin at each version, for comparisons of any two. Pure; runs anywhere.

import type { FileReport } from "../../browser/sandbox.ts";
import { EMPTY_SCHEMA, type Schema } from "../../sqlite/schema.ts";

/** A schema with a name. */
export interface SchemaVersion {
  /** Unique among the versions of a plugin. */
  readonly key: string;
  readonly label: string;
  readonly schema: Schema;
}

/** The key of the empty database. */
export const NO_FILES = "";

/** The empty database, then the schema after each file whose rehearsal completed. */
export function schemaVersions(files: readonly FileReport[]): readonly SchemaVersion[] {
  return [
    { key: NO_FILES, label: "Empty database", schema: EMPTY_SCHEMA },
    ...files.flatMap(({ file, effect }) =>
      effect === null ? [] : [{ key: file, label: file, schema: effect.after }]
    ),
  ];
}

/** The version before a file: that of the file before it. */
export function versionBefore(versions: readonly SchemaVersion[], file: string): string {
  const index = versions.findIndex(({ key }) => key === file);
  return versions[index - 1]?.key ?? NO_FILES;
}

/** The schemas before and after one change. */
export function effectVersions(
  effect: FileReport["effect"],
  labels: { readonly before: string; readonly after: string },
): readonly SchemaVersion[] {
  if (effect === null) return [];
  return [
    { key: "before", label: labels.before, schema: effect.before },
    { key: "after", label: labels.after, schema: effect.after },
  ];
}
