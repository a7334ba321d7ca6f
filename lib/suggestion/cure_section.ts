// Replaces the statements of a section that are refused, and have a cure, by those that do what is
// meant. Every statement runs on a scratch database, so the next one meets what it would meet.

import type { Deadline } from "../deadline.ts";
import type { Acceptance, ForeignKeyMode, SqliteVersion } from "../migration/migration.ts";
import { isReserved } from "../plan/reserved_names.ts";
import type { Filling } from "../rebuild/copied_rows.ts";
import { leadTo } from "../rebuild/one_way.ts";
import type { Rename } from "../rebuild/renames.ts";
import type { Scratch } from "../rebuild/scratch.ts";
import { scriptText } from "../rebuild/script_text.ts";
import { TextComparison } from "../rebuild/text_comparison.ts";
import type { OneWay } from "../rebuild/schema_script.ts";
import {
  type MisplacedColumn,
  misplacedColumn,
  readStarInsert,
} from "../rehearsal/misplaced_columns.ts";
import { insertProbeRow } from "../rehearsal/probe_row.ts";
import { accepts } from "../rule/acceptances.ts";
import { guardedForm } from "../rule/alter_forms.ts";
import {
  type Alter,
  type AlterForm,
  alterOf,
  isSchemaChange,
  isTemporary,
  isWrite,
} from "../sqlite/access.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Schema } from "../sqlite/schema.ts";
import { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { StatementText } from "../sqlite/script.ts";
import { noTables, type ReadyStatement, StatementStream } from "../statement/statement_stream.ts";
import { meantSchema } from "./meant_schema.ts";
import { namedInsert } from "./named_insert.ts";
import { NeedlessStatements } from "./needless_statement.ts";
import { indexOfByte, statementLength } from "./statement_range.ts";
import { type TextEdit, withEdits } from "./text_edits.ts";

/** What a section is cured for. */
export interface CureOptions {
  readonly requires: SqliteVersion | null;
  readonly foreignKeys: ForeignKeyMode | null;
  readonly accepts: readonly Acceptance[];
  readonly filling: Filling;
  /** Tables that have rows, folded. */
  readonly tablesWithRows: ReadonlySet<string>;
  readonly deadline: Deadline;
}

/** A section after its cure; the scratch database has the schema after it. */
export interface CuredSection {
  readonly sql: string;
  /** Whether a statement of the author writes rows. */
  readonly writesRows: boolean;
}

/** Cures a section, up to the first statement that is refused and has no cure. */
export function cureSection(scratch: Scratch, sql: string, options: CureOptions): CuredSection {
  return new SectionCure(scratch, sql, options).run();
}

/** Refused statements about one table, one after the other: one rebuild does what they mean. */
interface Group {
  readonly table: string;
  readonly before: Schema;
  readonly renames: readonly Rename[];
  /**
   * Whether a statement that follows can join it. One that adds a column cannot: a column of the
   * same name that was dropped before is another one.
   */
  readonly isOpen: boolean;
  readonly ranges: readonly Range[];
}

type Range = Pick<TextEdit, "start" | "end">;

class SectionCure {
  readonly #scratch: Scratch;
  readonly #sql: string;
  readonly #options: CureOptions;
  readonly #edits: TextEdit[] = [];
  readonly #needless = new NeedlessStatements();
  #group: Group | null = null;
  #writesRows = false;

  constructor(scratch: Scratch, sql: string, options: CureOptions) {
    this.#scratch = scratch;
    this.#sql = sql;
    this.#options = options;
  }

  run(): CuredSection {
    const mode = this.#options.foreignKeys ?? "off";
    using stream = new StatementStream(
      this.#scratch.connection,
      this.#sql,
      "record",
      mode,
      noTables(),
    );
    for (let next = stream.next(); next.kind !== "end"; next = stream.next()) {
      if (this.#scratch.stopped !== null) break;
      const statement = next;
      if (statement.kind === "failed") {
        if (!stream.unguarded(() => this.#replaceAlter(statement.text, null))) break;
        stream.skipFailed();
        continue;
      }
      const misplaced = this.#misplaced(stream, statement);
      if (!stream.unguarded(() => this.#follow(statement, misplaced))) break;
      stream.skip();
    }
    this.#close();
    return { sql: withEdits(this.#sql, this.#edits), writesRows: this.#writesRows };
  }

  /** Runs a statement, or what cures it; `false` where the schema after it is not known. */
  #follow(
    { text, accesses, violations }: ReadyStatement,
    misplaced: MisplacedColumn | null,
  ): boolean {
    const isOfTemporary = accesses.some((access) =>
      access.kind === "alter-table" && isTemporary(access)
    );
    const alter = isOfTemporary ? null : alterOf(accesses);
    if (alter !== null && this.#isRefused(alter, text)) return this.#replaceAlter(text, alter.form);
    this.#close();
    if (violations.length > 0) {
      if (this.#needless.isNeedless(accesses)) this.#delete(text);
      return true;
    }
    if (misplaced !== null) this.#nameColumns(text, misplaced);
    const changesSchema = accesses.some(isSchemaChange);
    if (!changesSchema && accesses.some((access) => isWrite(access) && !isTemporary(access))) {
      this.#writesRows = true;
    }
    // Rows make no difference to the schema.
    if (!changesSchema || this.#scratch.run([text.sql]) === null) return true;
    return alter !== null && this.#replaceAlter(text, alter.form);
  }

  #isRefused(alter: Alter, { sql }: StatementText): boolean {
    if (guardedForm(alter, this.#options.requires) !== null) return true;
    if (alter.form !== "add-column") return false;
    const table = this.#scratch.table(alter.table);
    if (table === null || !this.#options.tablesWithRows.has(foldName(table.name))) return false;
    return this.#scratch.undoing(() => {
      if (!insertProbeRow(this.#scratch.connection, table)) return false;
      const refusal = this.#scratch.run([sql])?.toLowerCase() ?? "";
      // No rebuild has values for these rows.
      return refusal.startsWith("cannot add a ") && !refusal.startsWith("cannot add a not null");
    });
  }

  /** Does what an ALTER TABLE means, and joins it to those before it; `false` if it has no cure. */
  #replaceAlter({ sql, offset }: StatementText, form: AlterForm | null): boolean {
    const start = indexOfByte(this.#sql, offset);
    const range = { start, end: start + statementLength(this.#sql.slice(start)) };
    const before = this.#scratch.schema;
    // SQLite writes its own text where it can do it.
    const table = this.#scratch.undoing(() => this.#alteredBySqlite(sql));
    if (table !== null) {
      this.#scratch.run([sql]);
      const isOpen = form !== "add-column";
      this.#join({ table, before, renames: [], isOpen, ranges: [range] });
      return true;
    }
    const meant = meantSchema(this.#scratch, this.#sql.slice(range.start, range.end));
    if (meant === null) return false;
    const script = this.#script(before, meant.schema, meant.renames);
    if (script === null || !this.#makes(script)) return false;
    const { table: name, renames, addsColumn } = meant;
    const isOpen = renames.length === 0 && !addsColumn;
    this.#join({ table: name, before, renames, isOpen, ranges: [range] });
    return true;
  }

  /** Runs a script. A guard or a copy may fail here, where few of the rows are. */
  #makes({ parts, schema }: OneWay): boolean {
    for (const statement of parts.flatMap(({ statements }) => statements)) {
      this.#scratch.run([statement]);
    }
    const present = this.#scratch.schema;
    return new TextComparison(schema, present).differences(schema, present).length === 0;
  }

  #alteredBySqlite(sql: string): string | null {
    const before = this.#scratch.schema;
    if (this.#scratch.run([sql]) !== null) return null;
    const { tables } = this.#scratch.schema;
    const changed = before.tables.filter(({ name, sql: text }) =>
      tables.some((table) => table.name === name && table.sql !== text)
    );
    return changed.length === 1 ? changed[0]?.name ?? null : null;
  }

  #join(next: Group): void {
    const group = this.#group;
    if (group !== null && group.isOpen && next.isOpen && group.table === next.table) {
      this.#group = { ...group, ranges: [...group.ranges, ...next.ranges] };
      return;
    }
    this.#close(next.before);
    this.#group = next;
  }

  /** Writes the script of the statements so far; `after` is the schema that they lead to. */
  #close(after: Schema = this.#scratch.schema): void {
    const group = this.#group;
    this.#group = null;
    if (group === null) return;
    const script = this.#script(group.before, after, group.renames);
    const [first, ...others] = group.ranges;
    if (script === null || first === undefined) return;
    this.#edits.push({ ...first, text: scriptText(script) });
    for (const range of others) this.#edits.push({ ...range, text: "" });
  }

  #script(from: Schema, to: Schema, renames: readonly Rename[]): OneWay | null {
    const { requires, filling, deadline } = this.#options;
    const { sqlite3 } = this.#scratch.connection;
    const script = leadTo(sqlite3, from, to, { renames, requires, filling, deadline });
    return script.ok ? script.value : null;
  }

  #misplaced(stream: StatementStream, ready: ReadyStatement): MisplacedColumn | null {
    if (readStarInsert(ready.text.sql) === null) return null;
    const { connection } = this.#scratch;
    const schema = stream.unguarded(() => new SchemaFollower(connection, isReserved));
    const misplaced = misplacedColumn(connection, stream, ready, schema);
    if (misplaced === null) return null;
    const about = `${misplaced.table}.${misplaced.column}`;
    const isAccepted = accepts(this.#options.accepts, { code: "misplaced-columns", about });
    return isAccepted ? null : misplaced;
  }

  #nameColumns({ sql, offset }: StatementText, misplaced: MisplacedColumn): void {
    const text = namedInsert(sql, misplaced, (name) => this.#scratch.write(name));
    if (text === null) return;
    const start = indexOfByte(this.#sql, offset);
    this.#edits.push({ start, end: start + sql.length, text });
  }

  #delete({ offset }: StatementText): void {
    const start = indexOfByte(this.#sql, offset);
    this.#edits.push({ start, end: start + statementLength(this.#sql.slice(start)), text: "" });
  }
}
