// Makes the one backup of a run, before the first step that takes something away.

import type { Connection } from "../sqlite/connection.ts";
import { type Backup, backUp, type BackupOutcome, type BackupPlace } from "./backup.ts";

/** The backup of a run; there is none until it is asked for. */
export class RunBackup {
  readonly #connection: Connection;
  readonly #place: BackupPlace;
  #made: Backup | null = null;

  constructor(connection: Connection, place: BackupPlace) {
    this.#connection = connection;
    this.#place = place;
  }

  /** The backup; `null` if none was made. */
  get made(): Backup | null {
    return this.#made;
  }

  /** Makes the backup, unless there is one. Must be called outside a transaction. */
  ensure(plugin: string, version: number, at: string): BackupOutcome {
    if (this.#made !== null) return { ok: true, value: this.#made };
    const label = { plugin, occasion: `v${version}`, at };
    const outcome = backUp(this.#connection, this.#place, label);
    if (outcome.ok) this.#made = outcome.value;
    return outcome;
  }
}
