// The commands of rollouts. `rollout start` without --nats is about the tenants of this node.

import type {
  Command as CommandLine,
  CommandUnknownOpts,
  OptionValues,
} from "@commander-js/extra-typings";
import type { Command, CommonOptions, FleetCommand } from "./command.ts";
import {
  approvalGate,
  failureLimit,
  labels,
  nodeNames,
  text,
  undoMethod,
  versionOrLatest,
  waves,
  wholeNumber,
} from "./option_values.ts";
import {
  BACKUP,
  BUSY_TIMEOUT,
  type CommonValues,
  EXCLUSIVE,
  JOURNAL_MODE,
  KEEP,
  KEEP_BYTES,
  KEEP_DAYS,
  NATS,
  PREFIX,
} from "./options.ts";

/** What a definition does with a command line that it has read. */
export interface Definitions {
  readonly use: (command: Command) => void;
  readonly commonOptions: (command: { optsWithGlobals(): CommonValues }) => CommonOptions;
}

const DEFAULT_ANSWER_MS = 120_000;

const FOR_FLEETS = ["label", "canary", "approve", "answerWithinMs", "sign", "detach"];
const FOR_TENANTS = ["parallel", "timeoutMs", "dryRun"];

/** Defines the commands of `rollout`. */
export function defineRollout<Args extends unknown[], Own extends OptionValues>(
  rollout: CommandLine<Args, Own, CommonValues & OptionValues>,
  { use, commonOptions }: Definitions,
): void {
  const useFleet = (
    command: { optsWithGlobals(): CommonValues },
    fleet: FleetCommand,
  ): void => use({ name: "fleet", fleet, options: commonOptions(command) });

  rollout.command("start").argument("<plugin>")
    .option("--to <N>", "", versionOrLatest)
    .option("--wave <ENDS>", "", waves)
    .option("--max-failures <N>", "", failureLimit)
    .option("--max-rows-lost <N>", "", wholeNumber)
    .option("--parallel <N>", "", wholeNumber)
    .option("--dry-run", "", false)
    .option("--timeout-ms <N>", "", wholeNumber)
    .option("--label <K=V>", "", labels)
    .option("--canary <K=V>", "", labels)
    .option("--approve <WHEN>", "", approvalGate)
    .option("--answer-within-ms <N>", "", wholeNumber)
    .option("--sign <KEYFILE>", "", text)
    .option("--detach", "", false)
    .addOption(JOURNAL_MODE).addOption(BUSY_TIMEOUT).addOption(EXCLUSIVE)
    .addOption(BACKUP).addOption(KEEP).addOption(KEEP_DAYS).addOption(KEEP_BYTES)
    .addOption(NATS).addOption(PREFIX)
    .action((plugin, values, command) => {
      const { to, wave, maxFailures, maxRowsLost } = values;
      const { parallel, dryRun, timeoutMs } = values;
      const { label, canary, approve, answerWithinMs, sign, detach } = values;
      const options = commonOptions(command);
      if (options.nats === undefined) {
        const other = firstGiven(command, FOR_FLEETS);
        if (other !== null) {
          command.error(`error: ${other} is for the nodes of a fleet; name its server with --nats`);
        }
        const limits = { wave, maxFailures, maxRowsLost, parallel };
        use({ name: "rollout", rollout: { plugin, to, ...limits, dryRun, timeoutMs }, options });
        return;
      }
      const local = firstGiven(command, FOR_TENANTS);
      if (local !== null) {
        command.error(`error: ${local} is for the tenants of this node; leave out --nats`);
      }
      use({
        name: "fleet",
        options,
        fleet: {
          kind: "start",
          plugin,
          to: to ?? "latest",
          waves: wave ?? "100%",
          select: label ?? {},
          canary: canary ?? null,
          approval: approve ?? "none",
          limits: {
            max_failures: maxFailures ?? 0,
            max_rows_lost: maxRowsLost ?? null,
            answer_within_ms: answerWithinMs ?? DEFAULT_ANSWER_MS,
          },
          keyFile: sign,
          detach,
        },
      });
    });

  rollout.command("status").argument("<plugin>").option("--watch", "", false).addOption(NATS)
    .action((plugin, { watch }, command) => useFleet(command, { kind: "status", plugin, watch }));

  rollout.command("lead").argument("<plugin>").addOption(NATS)
    .action((plugin, _, command) => useFleet(command, { kind: "lead", plugin }));

  for (const kind of ["pause", "abort"] as const) {
    rollout.command(kind).argument("<plugin>").addOption(NATS)
      .action((plugin, _, command) =>
        useFleet(command, { kind: "command", plugin, given: { kind }, detach: true })
      );
  }

  rollout.command("approve").argument("<plugin>").option("--detach", "", false).addOption(NATS)
    .action((plugin, { detach }, command) =>
      useFleet(command, { kind: "command", plugin, given: { kind: "approve" }, detach })
    );

  rollout.command("undo").argument("<plugin>")
    .option("--how <METHOD>", "", undoMethod)
    .option("--detach", "", false).addOption(NATS)
    .action((plugin, { how: method = "restore", detach }, command) =>
      useFleet(command, { kind: "command", plugin, given: { kind: "undo", method }, detach })
    );

  rollout.command("resume").argument("<plugin>")
    .option("--max-failures <N>", "", failureLimit)
    .option("--max-rows-lost <N>", "", wholeNumber)
    .option("--answer-within-ms <N>", "", wholeNumber)
    .option("--accept-plans", "", false)
    .option("--accept-findings", "", false)
    .option("--without <NODE>", "", nodeNames)
    .option("--detach", "", false).addOption(NATS)
    .action((plugin, values, command) => {
      const { maxFailures, maxRowsLost, answerWithinMs, without, detach } = values;
      const limits = {
        ...(maxFailures === undefined ? {} : { max_failures: maxFailures }),
        ...(maxRowsLost === undefined ? {} : { max_rows_lost: maxRowsLost }),
        ...(answerWithinMs === undefined ? {} : { answer_within_ms: answerWithinMs }),
      };
      const { acceptPlans: plans, acceptFindings: findings } = values;
      const resume = { limits, without: without ?? [], accept: { plans, findings } };
      useFleet(command, { kind: "resume", plugin, resume, detach });
    });
}

/** The first of these options that the command line has, as it is written there. */
function firstGiven(command: CommandUnknownOpts, names: readonly string[]): string | null {
  const given = command.options.find((option) =>
    names.includes(option.attributeName()) &&
    command.getOptionValueSource(option.attributeName()) === "cli"
  );
  return given?.long ?? null;
}
