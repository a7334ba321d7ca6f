// Renders the reply to a rollout: what became of each wave, and which databases need a look.

import { counted } from "../../finding/counted.ts";
import type { RolloutReply } from "../../message/rollout.ts";
import { printable } from "../../printable.ts";
import type { Colors } from "../console.ts";
import { isComplete } from "../successes.ts";
import { paragraph } from "./layout.ts";
import { right, tableLines } from "./text_table.ts";

// A person looks at the worst; --json has all.
const SHOWN = 20;

/** Renders a rollout that ran. */
export function renderRollout(reply: RolloutReply, colors: Colors): string {
  return [
    renderHeadline(reply, colors),
    ...renderWaves(reply),
    ...renderHalt(reply, colors),
    ...renderFailures(reply, colors),
    ...renderLosses(reply, colors),
  ].join("\n");
}

function renderHeadline(reply: RolloutReply, colors: Colors): string {
  const { plugin_name, applied, unchanged, databases, dry_run } = reply;
  const mark = !isComplete(reply)
    ? colors.red("✗")
    : dry_run
    ? colors.cyan("○")
    : colors.green("✓");
  const what = dry_run ? "a dry run would migrate" : "migrated";
  const same = unchanged === 0 ? "" : `, ${unchanged} had nothing to apply`;
  return `${mark} ${plugin_name}: ${what} ${applied} of ${counted(databases, "database")}${same} ` +
    colors.dim(`(${reply.total_time_ms} ms)`);
}

const COLUMNS = [
  right("wave"),
  right("databases"),
  right("migrated"),
  right("unchanged"),
  right("failed"),
  right("rows lost"),
];

function renderWaves({ waves }: RolloutReply): readonly string[] {
  if (waves.length === 0) return [];
  return tableLines(
    COLUMNS,
    waves.map(({ databases, applied, unchanged, failed, rows_lost }, index) => [
      index + 1,
      databases,
      applied,
      unchanged,
      failed,
      rows_lost,
    ]),
  );
}

function renderHalt({ halted, waiting, dry_run }: RolloutReply, colors: Colors): readonly string[] {
  if (halted === null) return [];
  const end = dry_run
    ? "The rollout would halt"
    : `Halted, and ${counted(waiting, "database")} not begun`;
  const remedy =
    "look at these databases, then start the rollout again: it goes on with the others";
  return [paragraph(colors.yellow("!"), `${end}: ${halted}; ${remedy}`)];
}

function renderFailures({ failed }: RolloutReply, colors: Colors): readonly string[] {
  const lines = failed.slice(0, SHOWN).map(({ tenant, error_code, message }) =>
    paragraph(colors.red(`${printable(tenant)}: ${error_code}`), printable(message))
  );
  return [...lines, ...renderRest(failed.length, "failure")];
}

function renderLosses({ losses, dry_run }: RolloutReply, colors: Colors): readonly string[] {
  const worst = losses.toSorted((one, other) => other.rows_lost - one.rows_lost).slice(0, SHOWN);
  const verb = dry_run ? "would lose" : "lost";
  const lines = worst.map(({ tenant, rows_lost, backup }) => {
    const kept = backup === undefined ? "" : `; backup: ${printable(backup)}`;
    return colors.yellow(`! ${printable(tenant)} ${verb} ${counted(rows_lost, "row")}`) + kept;
  });
  return [...lines, ...renderRest(losses.length, "database")];
}

function renderRest(amount: number, noun: string): readonly string[] {
  const rest = amount - SHOWN;
  return rest > 0 ? [`and ${counted(rest, `more ${noun}`)}; --json lists them`] : [];
}
