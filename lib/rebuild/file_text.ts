// Writes a migration file from the scripts of both directions. Pure; runs anywhere.

import { titleComment } from "../migration/describe_file.ts";
import type { SqliteVersion } from "../migration/migration.ts";
import { formatSqliteVersion } from "../migration/sqlite_version.ts";
import type { SchemaScript } from "./schema_script.ts";
import { commented, scriptText } from "./script_text.ts";

/** The text of a file: its title, what is lost, the directives and both sections. */
export function fileText(
  title: string,
  { up, down }: SchemaScript,
  requires: SqliteVersion | null,
): string {
  const head = [
    ...(title === "" ? [] : [titleComment(title)]),
    commented("Made from schema.sql by godwit diff. Read it, and change it where it is wrong."),
    ...up.losses.map((loss) => commented(`Lost: ${loss}.`)),
    ...(requires === null ? [] : [`-- requires: sqlite >= ${formatSqliteVersion(requires)}`]),
  ];
  const lost = down.losses.length === 0 ? "" : `: loses ${down.losses.join(", ")}`;
  return `${head.join("\n")}

-- UP
${scriptText(up)}

-- DOWN${lost}
${scriptText(down)}
`;
}
