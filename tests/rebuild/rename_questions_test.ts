// askRenames(): what an author has to say about a change, by former and present schema.

import * as assert from "uvu/assert";
import { NEVER } from "../../lib/deadline.ts";
import { readSchemaText } from "../../lib/rebuild/read_schemas.ts";
import { askRenames, type RenameAnswer } from "../../lib/rebuild/rename_questions.ts";
import { formatRename, readRename } from "../../lib/rebuild/renames.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import type { Schema } from "../../lib/sqlite/schema.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suite } from "../support/suite.ts";

const asking = suite("askRenames()");
const sqlite3 = await loadSqlite(sqliteModule);

interface Case {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** A former name and what became of it; `null` if it was dropped. */
  readonly answers?: Readonly<Record<string, string | null>>;
  /** `former: candidates -> answer` */
  readonly questions: readonly string[];
  readonly renames?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "asks nothing where something is only added, or only dropped",
    from: "CREATE TABLE t (a, b); CREATE TABLE gone (c)",
    to: "CREATE TABLE t (a, b, d)",
    questions: [],
  },
  {
    name: "asks about a dropped column beside an added one",
    from: "CREATE TABLE t (a, b)",
    to: "CREATE TABLE t (a, c)",
    questions: ["t.b: t.c -> ?"],
  },
  {
    name: "has every candidate until one is taken",
    from: "CREATE TABLE t (a, b, c)",
    to: "CREATE TABLE t (a, d, e)",
    answers: { "t.b": "t.e" },
    questions: ["t.b: t.d, t.e -> t.e", "t.c: t.d -> ?"],
    renames: ["t.b=t.e"],
  },
  {
    name: "takes a column as dropped only if the answer says so",
    from: "CREATE TABLE t (a, b)",
    to: "CREATE TABLE t (a, c)",
    answers: { "t.b": null },
    questions: ["t.b: t.c -> dropped"],
  },
  {
    name: "asks about the columns of a table once its rename is answered",
    from: "CREATE TABLE t (a, b)",
    to: "CREATE TABLE u (a, c)",
    answers: { "t.b": "u.c" },
    questions: ["t: u -> ?"],
  },
  {
    name: "takes the renames of a table and its columns together",
    from: "CREATE TABLE t (a, b)",
    to: "CREATE TABLE u (a, c)",
    answers: { "t.b": "u.c", t: "u" },
    questions: ["t: u -> u", "t.b: u.c -> u.c"],
    renames: ["t=u", "t.b=u.c"],
  },
  {
    name: "ignores answers about what is no question any more",
    from: "CREATE TABLE t (a, b)",
    to: "CREATE TABLE t (a, c)",
    answers: { "t.b": "t.d", "t.a": null, "x.y": "x.z" },
    questions: ["t.b: t.c -> ?"],
  },
  {
    name: "writes names that need quotes in quotes",
    from: 'CREATE TABLE "my t" (a, "b=c")',
    to: 'CREATE TABLE "my t" (a, "d.e")',
    answers: { '"my t"."b=c"': '"my t"."d.e"' },
    questions: ['"my t"."b=c": "my t"."d.e" -> "my t"."d.e"'],
    renames: ['"my t"."b=c"="my t"."d.e"'],
  },
];

for (const { name, from, to, answers = {}, questions, renames = [] } of CASES) {
  asking(name, () => {
    const given = new Map(
      Object.entries(answers).map(([former, present]): readonly [string, RenameAnswer] => [
        former,
        present === null ? { kind: "dropped" } : { kind: "renamed", to: present },
      ]),
    );
    const asked = askRenames(schemaOf(from), schemaOf(to), given);
    assert.equal(
      asked.questions.map(({ name, candidates, answer }) => {
        const words = answer === null ? "?" : answer.kind === "renamed" ? answer.to : "dropped";
        return `${name}: ${candidates.join(", ")} -> ${words}`;
      }),
      questions,
    );
    assert.equal(asked.renames.map(formatRename), renames);
    for (const rename of asked.renames) assert.equal(readRename(formatRename(rename)), rename);
  });
}

asking.run();

function schemaOf(text: string): Schema {
  const read = readSchemaText(sqlite3, text, NEVER);
  if (!read.ok) throw new Error(read.message);
  return read.value;
}
