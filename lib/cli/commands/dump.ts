// `dump <plugin>`: prints the schema of the files, or of the database, as a schema.sql.

import { openMigrator } from "../../migrator.ts";
import type { CommonOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse } from "./refuse.ts";

/** Prints the CREATE statements. */
export async function runDump(
  plugin: string,
  live: boolean,
  tenant: string | undefined,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  await using migrator = await openMigrator({
    plugins: options.pluginsDir,
    data: options.dataDir,
    ...options.databases,
  });
  const reply = await migrator.dump(plugin, { live, ...(tenant === undefined ? {} : { tenant }) });
  if (!reply.success) return refuse(reply, options, console);
  console.out(options.json ? JSON.stringify(reply) : reply.schema.trimEnd());
  return EXIT.success;
}
