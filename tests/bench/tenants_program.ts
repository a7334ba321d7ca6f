// Applies every migration of a plugin to the databases of many tenants, and prints what it took.
// tenants_program.ts <plugins> <data> <tenants> <callers>

import { memoryUsage, resourceUsage } from "node:process";
import { openMigrator } from "../../mod.ts";

/** What a process took. */
export interface TenantsReport {
  readonly ms: number;
  readonly residentBytes: number;
  readonly peakBytes: number;
  /** The time of processors for each second in which no request came. */
  readonly idleCpuMs: number;
}

const IDLE_SECONDS = 5;

if (import.meta.main) await main(Deno.args);

async function main([plugins = "", data = "", tenants, callers]: readonly string[]): Promise<void> {
  await using migrator = await openMigrator({ plugins, data });
  const started = performance.now();
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < Number(tenants)) {
      const reply = await migrator.apply("small", { tenant: `tenant-${next++}` });
      if (!reply.success) throw new Error(reply.message);
    }
  };
  await Promise.all(Array.from({ length: Number(callers) }, call));
  const ms = performance.now() - started;
  const residentBytes = memoryUsage().rss;
  const before = cpuMs();
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1_000));
  const report: TenantsReport = {
    ms,
    residentBytes,
    peakBytes: resourceUsage().maxRSS * 1_024,
    idleCpuMs: (cpuMs() - before) / IDLE_SECONDS,
  };
  console.log(JSON.stringify(report));
}

function cpuMs(): number {
  const { userCPUTime, systemCPUTime } = resourceUsage();
  return (userCPUTime + systemCPUTime) / 1_000;
}
