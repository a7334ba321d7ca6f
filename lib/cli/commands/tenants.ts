// `status --all-tenants`: how many of a plugin's databases are at which version, and which of them
// cannot be migrated, and why.

import { counted } from "../../finding/counted.ts";
import type { TenantEntry } from "../../message/reply.ts";
import { openMigrator } from "../../migrator.ts";
import { printable } from "../../printable.ts";
import type { CommonOptions } from "../command.ts";
import type { Colors, Console } from "../console.ts";
import { databaseOf } from "../render/database_of.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { refuse } from "./refuse.ts";

// The most that one reply has.
const PAGE = 10_000;
// A person looks at these; --json has all.
const SHOWN_PROBLEMS = 20;

/** The databases that are at one version. */
interface VersionLine {
  /** `null` where it cannot be read. */
  readonly current_version: number | null;
  readonly pending_count: number | null;
  readonly databases: number;
}

/** Reads the history of every tenant's database, and prints what they have in common. */
export async function runTenants(
  plugin: string,
  options: CommonOptions,
  console: Console,
): Promise<ExitStatus> {
  await using migrator = await openMigrator({ plugins: options.pluginsDir, data: options.dataDir });
  const tenants: TenantEntry[] = [];
  for (let isWhole = false; !isWhole;) {
    const reply = await migrator.plugins({ plugin, limit: PAGE, offset: tenants.length });
    if (!reply.success) return refuse(reply, options, console);
    tenants.push(...reply.tenants);
    isWhole = reply.tenants.length === 0 || tenants.length >= reply.tenant_count;
  }
  const versions = linesOf(tenants);
  if (options.json) {
    console.out(JSON.stringify({ success: true, plugin_name: plugin, versions, tenants }));
  } else console.out(await render(plugin, versions, tenants, console.colors));
  return EXIT.success;
}

/** The newest version first; what cannot be read last. */
function linesOf(tenants: readonly TenantEntry[]): readonly VersionLine[] {
  const groups = Map.groupBy(
    tenants,
    ({ current_version, pending_count }) => `${current_version} ${pending_count}`,
  );
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{
      current_version: first.current_version,
      pending_count: first.pending_count,
      databases: others.length + 1,
    }]
  ).sort((one, other) => (other.current_version ?? -1) - (one.current_version ?? -1));
}

async function render(
  plugin: string,
  versions: readonly VersionLine[],
  tenants: readonly TenantEntry[],
  colors: Colors,
): Promise<string> {
  if (tenants.length === 0) return `${plugin} has no tenants`;
  const { paragraph } = await import("../render/layout.ts");
  const { right, tableLines } = await import("../render/text_table.ts");
  const table = tableLines(
    [right("version"), right("pending"), right("databases")],
    versions.map(({ current_version, pending_count, databases }) => [
      current_version ?? "?",
      pending_count ?? "?",
      databases,
    ]),
  );
  const problems = tenants.filter(({ problem }) => problem !== null);
  const lines = problems.slice(0, SHOWN_PROBLEMS).map((each) =>
    paragraph(colors.red(`${databaseOf(each)}:`), printable(each.problem ?? ""))
  );
  const rest = problems.length - lines.length;
  const running = tenants.filter(({ locked }) => locked).length;
  return [
    `${plugin}: ${counted(tenants.length, "tenant")}`,
    ...table,
    ...(running === 0 ? [] : [colors.cyan(`${counted(running, "database")} being migrated`)]),
    ...lines,
    ...(rest === 0 ? [] : [`and ${counted(rest, "more problem")}; --json lists them`]),
  ].join("\n");
}
