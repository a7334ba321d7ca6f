// The help text. Pure.

import { DEFAULT_PREFIX } from "../message/subject.ts";
import { ALL_VERBS, type AnyVerb } from "../message/verbs.ts";

type CommandName =
  | AnyVerb
  | "demo"
  | "serve"
  | "new"
  | "bundle"
  | "rollouts"
  | "fleet"
  | "key"
  | "doctor"
  | "completion"
  | "man";

/** The commands as the help shows them: a verb without one does not compile. */
export const COMMANDS: Readonly<Record<CommandName, readonly [usage: string, summary: string]>> = {
  demo: ["demo", "what godwit does, in a temporary directory"],
  serve: ["serve", `answer ${DEFAULT_PREFIX}.<plugin>.* over NATS`],
  apply: ["apply <plugin>", `${ALL_VERBS.apply.summary}   [--to N] [--dry-run]`],
  rollback: ["rollback <plugin>", `${ALL_VERBS.rollback.summary}      [--to N] [--dry-run]`],
  rollout: ["rollout start <plugin>", ALL_VERBS.rollout.summary],
  rollouts: [
    "rollout <do> <plugin>",
    "with --nats: start, status, lead, pause, approve,\n" +
    " ".repeat(31) + "resume, abort or undo one over many nodes",
  ],
  fleet: ["fleet [plugin]", "nodes, and the versions of their databases"],
  plan: ["plan <plugin>", `${ALL_VERBS.plan.summary}   [--to N] [--down]`],
  status: ["status <plugin>", ALL_VERBS.status.summary],
  history: ["history <plugin>", ALL_VERBS.history.summary],
  cancel: ["cancel <plugin>", `${ALL_VERBS.cancel.summary}   [--run ID]`],
  backups: ["backups <plugin>", `${ALL_VERBS.backups.summary}   [--verify]`],
  backup: ["backup <plugin>", ALL_VERBS.backup.summary],
  restore: ["restore <plugin> <backup>", `${ALL_VERBS.restore.summary}   [--dry-run]`],
  check: ["check [plugin]", ALL_VERBS.check.summary],
  new: ["new <plugin> <description>", "write the next numbered file"],
  diff: ["diff <plugin> <description>", ALL_VERBS.diff.summary],
  dump: ["dump <plugin>", `${ALL_VERBS.dump.summary}   [--live]`],
  bundle: ["bundle <plugin>", "one ES module of it, for browsers   [--out FILE]"],
  key: ["key <file>", "make a key that signs bundles"],
  plugins: ["plugins", `${ALL_VERBS.plugins.summary} with versions and pending counts`],
  doctor: ["doctor", "what is wrong with a set-up, and how to mend it"],
  completion: ["completion <shell>", "completion for bash, zsh or fish, to be sourced"],
  man: ["man", "the manual page: godwit man | man -l -"],
};

/**
 * The options as the help shows them: the name with its value, and what it means. Three spaces
 * separate the default.
 */
export const OPTIONS: readonly (readonly [option: string, meaning: string])[] = [
  ["--plugins DIR", "where <plugin>/migrations/ is    GODWIT_PLUGINS, ./plugins"],
  ["--data DIR", "where <plugin>.sqlite3 is        GODWIT_DATA, ./data"],
  ["--json", "print the reply message, alone"],
  ["--by NAME", "who applies; kept in the history"],
  ["--tenant NAME", "migrate the database of this tenant"],
  ["--names", "of plugins, names alone; opens no database"],
  ["--all-tenants", "of apply, every tenant; of status, how many are where"],
  ["--to N", "the version to end at; rollback --to 0 undoes everything"],
  ["--down", "plan a rollback"],
  ["--rows N", "lost rows that a plan shows      20, with --json 0"],
  ["--omit PARTS", "of a reply that is too large: statements,schemas"],
  ["--html FILE", "write the plan as a page, too"],
  ["--format FORMAT", "of check: text, json, github, sarif or junit  text"],
  ["--since REVISION", "check what differs from this git revision"],
  ["--markdown", "print the plan as the comment of a pull request"],
  ["--prove", "check on rows what a DOWN brings back"],
  ["--fix", "write what cures findings into files that are not applied"],
  ["--yes", "with --fix, do not ask"],
  ["--dry-run", "run on the real rows and undo it all"],
  ["--plan-hash HASH", "run only the plan that was reviewed"],
  ["--wave ENDS", "of a rollout, when each wave is done, such as 1,10%,100%"],
  ["--max-failures N", "of a rollout, so many databases may fail, or P%  0"],
  ["--max-rows-lost N", "of a rollout, in all databases together"],
  ["--parallel N", "of a rollout, databases at the same time  4"],
  ["--replicas N", "of fleet, copies of buckets that it makes  3 or 1"],
  ["--fleet", "serve as a node of a fleet, too"],
  ["--node NAME", "the name of this node"],
  ["--label K=V", "of this node; of a rollout, only nodes with it"],
  ["--trust KEY", "a publisher whose bundles this node takes  any"],
  ["--canary K=V", "of a rollout, the nodes of the first wave"],
  ["--approve WHEN", "wait after the first wave, or each  none"],
  ["--answer-within-ms N", "a node that takes longer halts it  120000"],
  ["--sign KEYFILE", "sign the bundle as its publisher"],
  ["--detach", "do not lead the rollout"],
  ["--watch", "draw its status after each change"],
  ["--accept-plans", "resume with plans that the first wave did not have"],
  ["--accept-findings", "the same with findings"],
  ["--without NODE", "resume, and do not wait for this node"],
  ["--how METHOD", "undo by: restore or roll-back    restore"],
  ["--transaction X", "what is committed at a time: migration or plan"],
  ["--run ID", "cancel only this run, as status and events name it"],
  ["--timeout-ms N", "interrupt after N milliseconds   600000"],
  ["--backup WHEN", "before a run: always, lossy or never  lossy"],
  ["--keep-backups N", "of each database; 0 for all      30"],
  ["--keep-backups-days N", "remove older ones; 0 for none    0"],
  ["--keep-backups-bytes N", "remove the oldest above that     0"],
  ["--verify", "read every backup"],
  ["--journal-mode M", "of new databases: delete or wal  delete"],
  ["--busy-timeout-ms N", "wait for other programs' locks   5000"],
  ["--exclusive", "no other program has the databases open"],
  ["--max-plugin-bytes N", "of the files of one plugin       67108864"],
  ["--limit N", "of a history, the most entries   50"],
  ["--offset N", "of a history, leave out so many  0"],
  ["--grace-ms N", "at a stop, let runs go on so long  10000"],
  ["--http HOST:PORT", "of serve: /healthz, /readyz, /metrics"],
  ["--min-free-bytes N", "with less serve is not ready     104857600"],
  ["--log-level LEVEL", "of serve: info, warn or error    info"],
  ["--schema FILE", "the schema to lead to            <plugin>/schema.sql"],
  ["--rename OLD=NEW", "quotes.author=quotes.writer; may be repeated"],
  ["--no-rename", "what is dropped and added is no rename"],
  ["--requires X", "the SQLite that the file may use, such as 3.35.0"],
  ["--check", "compare alone: exit 1 where files and schema differ"],
  ["--live", "dump the database; prove pending files on its rows"],
  ["--out FILE", "the module to write              <plugin>.bundle.js"],
  ["--overwrite", "replace a file that godwit did not make"],
  [
    "--nats URL",
    "ask a running service; for serve, where NATS is:\n                        NATS_URL, ws://127.0.0.1:8080",
  ],
  ["--prefix SUBJECT", `the subjects' prefix             ${DEFAULT_PREFIX}`],
];

const OPTION_WIDTH = 18;

/** The help text. */
export const HELP = `godwit: schema migrations for SQLite plugins

${Object.values(COMMANDS).map(([usage, summary]) => `  ${usage.padEnd(29)}${summary}`).join("\n")}

${OPTIONS.map(optionLine).join("\n")}

  Credentials: NATS_CREDS (a file), NATS_USER with NATS_PASSWORD, NATS_TOKEN
  Exit status: 0 success, 1 a failure reply, 2 wrong usage, 3 no reply`;

/** An option that is too long has its meaning on the next line. */
function optionLine([option, meaning]: readonly [string, string]): string {
  const indent = " ".repeat(OPTION_WIDTH + 3);
  const text = meaning.replaceAll("\n", `\n${indent}`);
  return option.length >= OPTION_WIDTH
    ? `  ${option}\n${indent}${text}`
    : `  ${option.padEnd(OPTION_WIDTH)} ${text}`;
}
