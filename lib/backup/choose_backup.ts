// Chooses the backup that a restore takes. Runs where SQLite runs.

import { quoteName } from "../message/plugin_name.ts";
import type { Failed, Outcome } from "../outcome.ts";
import { type BackupPlace, type KnownBackup, knownBackups } from "./backup_place.ts";
import type { Judgement } from "./judge_backup.ts";

/** Why a backup is not restored: there is none, or it is damaged or of another database. */
export type BackupCode = "backup-not-found" | "restore-failed";

/** A newer backup than the one that was chosen, and why it is not that. */
export interface PassedOver {
  readonly name: string;
  readonly problem: string;
}

/** A backup that can be restored. */
export interface ChosenBackup {
  readonly backup: KnownBackup;
  /** What could not be checked; `null` where everything was. */
  readonly unchecked: string | null;
  /** Newest first; empty where the request names the backup. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * Chooses the backup of that name, or with `latest` the newest that can be restored and holds
 * something. A name is only compared with those that are listed, so it cannot lead to another
 * directory.
 */
export async function chooseBackup(
  place: Pick<BackupPlace, "list" | "pathOf">,
  plugin: string,
  name: string,
  judge: (backup: KnownBackup) => Promise<Judgement>,
): Promise<Outcome<ChosenBackup, BackupCode>> {
  const backups = await knownBackups(place, plugin);
  if (backups.length === 0) {
    return notFound(`There is no backup of "${plugin}" at ${place.pathOf("")}`);
  }
  return name === "latest" ? await newest(backups, judge) : await named(backups, name, judge);
}

/** Says of a backup that cannot be restored why it cannot. */
export function refusalOf(
  name: string,
  judged: Exclude<Judgement, { kind: "restorable" }>,
): Failed<BackupCode> {
  switch (judged.kind) {
    case "removed":
      return notFound(`The backup "${name}" was removed meanwhile; ask for backups`);
    case "unreadable":
    case "unfit": {
      const message = `Cannot restore "${name}", and nothing was changed: ${judged.problem}`;
      return { ok: false, code: "restore-failed", message };
    }
  }
  judged satisfies never;
}

async function named(
  backups: readonly KnownBackup[],
  name: string,
  judge: (backup: KnownBackup) => Promise<Judgement>,
): Promise<Outcome<ChosenBackup, BackupCode>> {
  const backup = backups.find((each) => each.name === name);
  if (backup === undefined) {
    const quoted = quoteName(name.slice(0, 200));
    return notFound(`There is no backup ${quoted}; ask for backups, which lists them`);
  }
  const judged = await judge(backup);
  return judged.kind === "restorable"
    ? { ok: true, value: { backup, unchecked: judged.unchecked, passedOver: [] } }
    : refusalOf(name, judged);
}

async function newest(
  backups: readonly KnownBackup[],
  judge: (backup: KnownBackup) => Promise<Judgement>,
): Promise<Outcome<ChosenBackup, BackupCode>> {
  const passedOver: PassedOver[] = [];
  for (const backup of backups) {
    const judged = await judge(backup);
    if (judged.kind === "restorable" && !judged.isEmpty) {
      return { ok: true, value: { backup, unchecked: judged.unchecked, passedOver } };
    }
    passedOver.push({ name: backup.name, problem: whyPassedOver(judged) });
  }
  const [first, ...others] = passedOver;
  const message = `None of the backups can be restored, and nothing was changed; ` +
    `"${first?.name}": ${first?.problem}` +
    (others.length === 0 ? "" : `; ask for backups with verify, which says it of each`);
  return { ok: false, code: "restore-failed", message };
}

function whyPassedOver(judged: Judgement): string {
  switch (judged.kind) {
    case "restorable":
      return "the database that it is a copy of was empty";
    case "removed":
      return "it was removed meanwhile";
    case "unreadable":
    case "unfit":
      return judged.problem;
  }
  judged satisfies never;
}

function notFound(message: string): Failed<"backup-not-found"> {
  return { ok: false, code: "backup-not-found", message };
}
