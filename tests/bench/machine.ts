// Describes the machine and the moment of a measurement.

import { loadavg } from "node:os";

/** The load of the last minute for each core, above which others disturb a measurement. */
const BUSY_LOAD = 1;

/** What a reader needs to judge numbers, and a warning if the machine is busy. */
export interface Machine {
  readonly description: string;
  readonly warning: string | null;
}

/** Looks at the machine before anything is measured. */
export function describeMachine(): Machine {
  const cores = navigator.hardwareConcurrency;
  const [load = 0] = loadavg();
  const { os, arch } = Deno.build;
  return {
    description: `${new Date().toISOString().slice(0, 10)}, ${cores} cores, load ` +
      `${load.toFixed(2)} before, Deno ${Deno.version.deno}, ${os} ${arch}`,
    warning: load / cores > BUSY_LOAD
      ? `The load was ${
        (load / cores).toFixed(1)
      } for each core before the start: other programs ` +
        "disturb these numbers"
      : null,
  };
}
