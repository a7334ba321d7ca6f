// Finds a column that is NOT NULL and to which a statement gives no value. SQLite reports that only
// when the statement runs, and its bytecode shows it before: https://sqlite.org/bytecodevtab.html

import type { Connection } from "../sqlite/connection.ts";
import { integerOf, textOf } from "../sqlite/row.ts";

/** An instruction of a statement itself, not of a trigger that it fires. */
interface Instruction {
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p4: string;
}

// The second operand of these is an address, a number or a register that they read, and so is the
// third of those below: https://sqlite.org/opcode.html
const READ_SECOND: ReadonlySet<string> = new Set([
  ...["Eq", "Ge", "Gt", "Le", "Lt", "Ne", "If", "IfNot", "IfPos", "IsNull", "NotNull", "Once"],
  ...["Init", "Goto", "Gosub", "InitCoroutine", "Yield", "Program", "Halt", "HaltIfNull", "Noop"],
  ...["OpenRead", "OpenWrite", "OpenEphemeral", "OpenPseudo", "Transaction", "Rewind", "Next"],
  ...["Found", "NoConflict", "NotExists", "NotFound", "SeekRowid", "DeferredSeek", "FkIfZero"],
  ...[
    "Affinity",
    "Column",
    "MakeRecord",
    "ResultRow",
    "Delete",
    "IdxDelete",
    "IdxInsert",
    "Insert",
  ],
]);
const READ_THIRD: ReadonlySet<string> = new Set([
  ...["Eq", "Ge", "Gt", "Le", "Lt", "Ne", "HaltIfNull", "OpenRead", "OpenWrite", "Transaction"],
  ...["Found", "NoConflict", "NotExists", "NotFound", "SeekRowid", "Delete", "IdxDelete"],
  ...["IdxInsert", "Insert", "Noop", "Program"],
]);

/**
 * The first such column, as `table.column`; `null` where there is none. A register that anything
 * but NULL may be written to is not judged.
 */
export function columnWithoutValue(connection: Connection, sql: string): string | null {
  const program = connection.rows(
    "SELECT opcode, p1, p2, p3, coalesce(p4, '') AS p4 FROM bytecode(?) WHERE subprog IS NULL",
    [sql],
  ).map((row): Instruction => ({
    opcode: textOf(row, "opcode"),
    p1: integerOf(row, "p1"),
    p2: integerOf(row, "p2"),
    p3: integerOf(row, "p3"),
    p4: textOf(row, "p4"),
  }));
  const found = program.find(({ opcode, p3: register }) =>
    opcode === "HaltIfNull" &&
    program.some((each) => isNull(each, register)) &&
    !program.some((each) => !isNull(each, register) && mayWrite(each, register))
  );
  return found?.p4 ?? null;
}

function isNull({ opcode, p2, p3 }: Instruction, register: number): boolean {
  return opcode === "Null" && p2 === register && p3 === 0;
}

function mayWrite({ opcode, p2, p3 }: Instruction, register: number): boolean {
  if (opcode === "Copy" || opcode === "Move" || opcode === "Null") {
    const last = opcode === "Null" ? Math.max(p2, p3) : p2 + p3;
    return register >= p2 && register <= last;
  }
  return p2 === register && !READ_SECOND.has(opcode) ||
    p3 === register && !READ_THIRD.has(opcode);
}
