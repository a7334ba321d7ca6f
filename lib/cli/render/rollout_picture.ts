// Draws a rollout over nodes: waves with a bar for each, failures with their reason, and what can be
// done. In a terminal each picture replaces the one before it.

import { counted } from "../../finding/counted.ts";
import type { RolloutOverview, WaveOverview } from "../../fleet/overview.ts";
import type { RolloutRecord } from "../../fleet/rollout_record.ts";
import { printable } from "../../printable.ts";
import type { Colors, Console } from "../console.ts";
import { paragraph } from "./layout.ts";
import { left, right, tableLines } from "./text_table.ts";

// A person looks at the worst; --json has more.
const SHOWN = 20;
const BAR = 20;

/** Draws one rollout again and again. */
export class RolloutPicture {
  readonly #console: Console;
  #last = "";

  constructor(console: Console) {
    this.#console = console;
  }

  /** Draws it where it has changed. */
  draw(rollout: RolloutRecord, overview: RolloutOverview): void {
    const picture = renderFleetRollout(rollout, overview, this.#console.colors);
    if (picture === this.#last) return;
    const up = this.#last.split("\n").length;
    const erase = this.#last === "" || !this.#console.isWatched ? "" : `\x1b[${up}A\x1b[J`;
    this.#console.out(`${erase}${picture}`);
    this.#last = picture;
  }
}

/** A rollout as text. */
export function renderFleetRollout(
  rollout: RolloutRecord,
  overview: RolloutOverview,
  colors: Colors,
): string {
  const { plugin, target_version, started_by, state } = rollout;
  const head = `${mark(rollout, colors)} ${plugin} to ${target_version}: ${state.phase}` +
    colors.dim(` (started by ${printable(started_by)}, ${rollout.id})`);
  return [
    head,
    ...renderWaves(rollout, overview.waves),
    ...state.why.map(({ message, nodes }) =>
      paragraph(
        colors.yellow("!"),
        nodes.length === 0 ? message : `${message}: ${nodes.join(", ")}`,
      )
    ),
    ...overview.refusals.slice(0, SHOWN).map(({ node, message }) =>
      paragraph(colors.red(`${node}:`), message)
    ),
    ...overview.failures.slice(0, SHOWN).map(({ node, tenant, error_code, message }) => {
      const database = tenant === null ? node : `${node}/${tenant}`;
      return paragraph(colors.red(`${database}: ${error_code}`), message);
    }),
    ...renderRest(overview.failures.length),
    ...(state.phase === "running" ? [] : overview.choices).map(({ command, effect }) =>
      paragraph(colors.cyan(`rollout ${command}:`), effect)
    ),
  ].join("\n");
}

function mark({ state }: RolloutRecord, colors: Colors): string {
  switch (state.phase) {
    case "done":
    case "undone":
      return state.why.length === 0 ? colors.green("✓") : colors.red("✗");
    case "halted":
    case "aborted":
      return colors.red("✗");
    case "running":
    case "undoing":
    case "awaiting":
    case "paused":
      return colors.cyan("○");
  }
  state.phase satisfies never;
}

function renderWaves(
  { state }: RolloutRecord,
  waves: readonly WaveOverview[],
): readonly string[] {
  const isUndone = state.phase === "undoing" || state.phase === "undone";
  const columns = [
    right("wave"),
    left("nodes"),
    right("done"),
    right("databases"),
    right(isUndone ? "brought back" : "migrated"),
    right("failed"),
    right("rows lost"),
  ];
  return tableLines(
    columns,
    waves.map((wave, index) => [
      index + 1,
      bar(wave),
      `${wave.complete}/${wave.nodes}${wave.away === 0 ? "" : ` (${wave.away} offline)`}`,
      wave.databases,
      wave.applied,
      wave.failed,
      wave.rows_lost,
    ]),
  );
}

/** Full for what is done, light for what is open, dots for what waits. */
function bar({ nodes, complete, open }: WaveOverview): string {
  const full = nodes === 0 ? BAR : Math.floor(BAR * complete / nodes);
  return "█".repeat(full) + (open ? "░" : "·").repeat(BAR - full);
}

function renderRest(failures: number): readonly string[] {
  const rest = failures - SHOWN;
  return rest > 0 ? [`and ${counted(rest, "more failure")}; --json lists them`] : [];
}
