// What every source of saved files does, in memory and in OPFS. Runs anywhere, in a real browser too: nothing
// here needs Deno.

import {
  MAX_SAVED_BYTES,
  MAX_SAVED_FILES,
  type SavedFile,
  type SavedSource,
} from "../../../lib/browser/owner/saved_files.ts";
import { readFiles } from "../../../lib/source/source_file.ts";
import { MAX_FILE_BYTES } from "../../../lib/migration/parse_migration.ts";

/** A case: it throws where the source, which is empty, does not do what it should. */
export interface SavedSourceCase {
  readonly name: string;
  run(source: SavedSource): Promise<void>;
}

/** Texts as files. */
export function savedFiles(texts: Readonly<Record<string, string>>): readonly SavedFile[] {
  return Object.entries(texts).map(([file, text]) => ({
    file,
    bytes: new TextEncoder().encode(text),
  }));
}

/** The texts that a source has of a plugin; its message where it has none. */
export async function savedTexts(source: SavedSource, plugin: string): Promise<unknown> {
  const listed = await source.list(plugin);
  if (!listed.found) return listed.message;
  return Object.fromEntries(
    (await Array.fromAsync(readFiles(listed.files))).map((each) => [
      each.file,
      "bytes" in each ? new TextDecoder().decode(each.bytes) : "no bytes",
    ]),
  );
}

const NONE = 'No files are saved for a plugin "quotes"; drop them onto the page';

export const SAVED_SOURCE_CASES: readonly SavedSourceCase[] = [
  {
    name: "nothing is there at first, and forgetting nothing is no failure",
    async run(source) {
      same(await source.plugins(), []);
      same(await savedTexts(source, "quotes"), NONE);
      same(await source.delete("quotes"), { ok: true });
      same(await source.pageOf("quotes"), null);
    },
  },
  {
    name: "save() stores files as they are, in alphabetical order, also those that do not parse",
    async run(source) {
      const texts = { "002_b.sql": "\uFEFF-- UP\r\n", "001_a.sql": "", "Ünïcode 1.SQL": "ä" };
      same(await source.save("quotes", savedFiles(texts)), { ok: true });
      same(await source.save("another", savedFiles({ "001_x.sql": "x" })), { ok: true });
      same(await source.plugins(), ["another", "quotes"]);
      const listed = await source.list("quotes");
      const files = await Array.fromAsync(readFiles(listed.found ? listed.files : []));
      same(files.map(({ file }) => file), ["001_a.sql", "002_b.sql", "Ünïcode 1.SQL"]);
      const [, second] = files;
      const bytes = second !== undefined && "bytes" in second ? [...second.bytes] : null;
      same(bytes, [...new TextEncoder().encode(texts["002_b.sql"])]);
    },
  },
  {
    name: "save() replaces a plugin's files whole, and no other's",
    async run(source) {
      await source.save("another", savedFiles({ "001_x.sql": "x" }));
      for (const round of ["one", "two", "three"]) {
        await source.save(
          "quotes",
          savedFiles({ [`001_${round}.sql`]: round, "002_b.sql": round }),
        );
        same(await savedTexts(source, "quotes"), {
          [`001_${round}.sql`]: round,
          "002_b.sql": round,
        });
      }
      same(await savedTexts(source, "another"), { "001_x.sql": "x" });
    },
  },
  {
    name: "delete() removes a plugin, which can be saved again",
    async run(source) {
      await source.save("quotes", savedFiles({ "001_a.sql": "a" }));
      same(await source.delete("quotes"), { ok: true });
      same(await source.plugins(), []);
      same(await savedTexts(source, "quotes"), NONE);
      await source.save("quotes", savedFiles({ "001_b.sql": "b" }));
      same(await savedTexts(source, "quotes"), { "001_b.sql": "b" });
    },
  },
  {
    name: "save() has its own copy of the bytes",
    async run(source) {
      const [file] = savedFiles({ "001_a.sql": "a" });
      if (file === undefined) throw new Error("There is a file");
      await source.save("quotes", [file]);
      file.bytes[0] = 0;
      same(await savedTexts(source, "quotes"), { "001_a.sql": "a" });
    },
  },
  {
    name: "calls at the same time are carried out one after the other",
    async run(source) {
      const rounds = ["one", "two", "three", "four"];
      const reads = rounds.flatMap((round) => {
        const files = savedFiles({ "001_a.sql": round, [`002_${round}.sql`]: round });
        return [source.save("quotes", files).then(() => null), savedTexts(source, "quotes")];
      });
      const seen = (await Promise.all(reads)).filter((each) => each !== null);
      same(seen, rounds.map((round) => ({ "001_a.sql": round, [`002_${round}.sql`]: round })));
    },
  },
  {
    name: "save() refuses names that are none, and keeps what was there",
    async run(source) {
      await source.save("quotes", savedFiles({ "001_a.sql": "a" }));
      const rule = "a file's name ends in .sql";
      for (const file of ["notes.txt", "../001_a.sql", "a/001_a.sql", "a\\001_a.sql", "a\n.sql"]) {
        const message = await refusal(source, "quotes", { "001_b.sql": "b", [file]: "" });
        includes(message, `Cannot save ${JSON.stringify(file)}: ${rule}`);
      }
      includes(
        await refusal(source, "quotes", { "001_a.sql": "", "001_A.sql": "" }),
        "001_a.sql and 001_A.sql cannot both be saved",
      );
      includes(await refusal(source, "../quotes", { "001_a.sql": "" }), "There can be no plugin");
      includes(await refusal(source, "quotes", {}), "There are no files to save");
      same(await savedTexts(source, "quotes"), { "001_a.sql": "a" });
    },
  },
  {
    name: "save() refuses too many files and too many bytes",
    async run(source) {
      const many = Array.from({ length: MAX_SAVED_FILES + 1 }, (_, index) => [`${index}.sql`, ""]);
      includes(
        await refusal(source, "quotes", Object.fromEntries(many)),
        "1001 files are too many",
      );
      const large = [{ file: "001_a.sql", bytes: new Uint8Array(MAX_FILE_BYTES + 1) }];
      const saved = await source.save("quotes", large);
      includes(saved.ok ? "" : saved.message, "001_a.sql has 16777217 bytes");
      // One array, named five times.
      const bytes = new Uint8Array(MAX_SAVED_BYTES / 4);
      const five = ["1", "2", "3", "4", "5"].map((name) => ({ file: `${name}.sql`, bytes }));
      const sum = await source.save("quotes", five);
      includes(sum.ok ? "" : sum.message, "The files have 83886080 bytes in all");
      same(await source.plugins(), []);
    },
  },
];

async function refusal(
  source: SavedSource,
  plugin: string,
  texts: Readonly<Record<string, string>>,
): Promise<string> {
  const saved = await source.save(plugin, savedFiles(texts));
  return saved.ok ? "saved" : saved.message;
}

function same(actual: unknown, expected: unknown): void {
  const [one, other] = [actual, expected].map((each) => JSON.stringify(each));
  if (one !== other) throw new Error(`Expected ${other}, found ${one}`);
}

function includes(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`Expected ${part} in ${text}`);
}
