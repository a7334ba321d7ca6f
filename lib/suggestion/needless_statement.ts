// Recognises statements that a migration does without: godwit does by itself what they are for.
// Pure; runs anywhere.

import type { Access } from "../sqlite/access.ts";
import { foldName } from "../sqlite/fold_name.ts";

/** Watches the statements of a section that are not allowed. */
export class NeedlessStatements {
  #isOff = false;

  /**
   * Whether a statement, in the order of the section, can be deleted. A ROLLBACK cannot: what it
   * undoes would be kept.
   */
  isNeedless(accesses: readonly Access[]): boolean {
    return accesses.every((access) => {
      switch (access.kind) {
        case "transaction":
          return access.operation === "BEGIN" || access.operation === "COMMIT";
        case "savepoint":
          return access.operation === "BEGIN" || access.operation === "RELEASE";
        case "pragma":
          return this.#isNeedlessPragma(foldName(access.name), access.argument);
        default:
          return false;
      }
    });
  }

  #isNeedlessPragma(name: string, argument: string | null): boolean {
    if (name === "defer_foreign_keys" || name === "legacy_alter_table") return true;
    if (name !== "foreign_keys") return false;
    const isOff = OFF.includes(foldName(argument ?? ""));
    this.#isOff ||= isOff;
    // Alone, ON says that actions are meant to fire, which the file says by a line of its own.
    return isOff || this.#isOff;
  }
}

// https://sqlite.org/pragma.html: any other value is on.
const OFF = ["off", "0", "false", "no"];
