// Parses the text of one migration file into its sections and directives. Runs anywhere.

import { excerptOf } from "../finding/excerpt.ts";
import {
  type Finding,
  finding,
  type FindingCode,
  type FindingSubject,
} from "../finding/finding.ts";
import { skipTrivia } from "../sqlite/skip_trivia.ts";
import { decodeText } from "./decode_text.ts";
import { readDirectives } from "./directives.ts";
import { type FileName, fileNameProblem, formatFileName, parseFileName } from "./file_name.ts";
import { findMarkers, markerName } from "./markers.ts";
import type { Migration, Section } from "./migration.ts";
import { sha256Hex } from "./sha256_hex.ts";

/** The largest migration file that is read, in bytes. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** A migration, or every problem of its file. */
export type ParsedMigration =
  | { readonly ok: true; readonly migration: Migration }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Parses a migration file: UTF-8, one `-- UP` marker, later one `-- DOWN` marker, before them only
 * comments. Reports every problem with its line.
 */
export async function parseMigration(file: string, bytes: Uint8Array): Promise<ParsedMigration> {
  const fileName = parseFileName(file);
  if (fileName === null) {
    const subject = { version: null, name: null, file };
    return { ok: false, findings: [finding("ERROR", "file-name", subject, fileNameProblem(file))] };
  }
  const problems = new Problems(fileName, file);

  if (bytes.length > MAX_FILE_BYTES) {
    problems.add(
      "file-too-large",
      1,
      `${file} has ${bytes.length} bytes; the most is ${MAX_FILE_BYTES}`,
    );
    return problems.result();
  }
  const decoded = decodeText(bytes);
  if (!decoded.ok) {
    const found = decoded.isUtf16 ? "is UTF-16" : "is not UTF-8";
    problems.add("encoding", decoded.line, `${file} ${found}; save it as UTF-8 and try again`);
    return problems.result();
  }
  return await parseDecoded(fileName, file, decoded.text, problems);
}

/** Parses the normalised text of a migration file, such as the log keeps it. */
export async function parseMigrationText(
  fileName: FileName,
  text: string,
): Promise<ParsedMigration> {
  const file = formatFileName(fileName);
  return await parseDecoded(fileName, file, text, new Problems(fileName, file));
}

async function parseDecoded(
  fileName: FileName,
  file: string,
  text: string,
  problems: Problems,
): Promise<ParsedMigration> {
  const lines = text.split("\n");
  problems.lines = lines;
  if (text.trim() === "") {
    problems.add("empty-file", 1, `${file} is empty; it needs a "-- UP" and a "-- DOWN" section`);
    return problems.result();
  }
  const nul = lines.findIndex((line) => line.includes("\0"));
  if (nul !== -1) {
    // SQLite ends its input at a NUL and would silently ignore the rest.
    problems.add("nul-character", nul + 1, `${file} contains a NUL character; remove it`);
  }

  const sections = findSections(text, lines, problems);
  const directives = readDirectives(lines.slice(0, sections?.upMarker ?? lines.length));
  for (const { line, message } of directives.problems) problems.add("directive", line, message);
  if (sections === null || problems.found) return problems.result();
  return {
    ok: true,
    migration: {
      ...fileName,
      file,
      checksum: await sha256Hex(text),
      requires: directives.requires,
      foreignKeys: directives.foreignKeys,
      accepts: directives.accepts,
      text,
      up: sectionBetween(text, lines, sections.upMarker, sections.downMarker),
      down: sectionBetween(text, lines, sections.downMarker, lines.length),
    },
  };
}

/** Collects the problems of one file. */
class Problems {
  lines: readonly string[] = [];
  readonly #findings: Finding[] = [];
  readonly #subject: FindingSubject;

  constructor(fileName: FileName, file: string) {
    this.#subject = { ...fileName, file };
  }

  get found(): boolean {
    return this.#findings.length > 0;
  }

  add(code: FindingCode, line: number, message: string): void {
    const excerpt = this.lines[line - 1];
    this.#findings.push(
      finding("ERROR", code, this.#subject, message, {
        position: { line, column: 1 },
        ...(excerpt === undefined ? {} : { excerpt: excerptOf(excerpt, 1) }),
      }),
    );
  }

  result(): { readonly ok: false; readonly findings: readonly Finding[] } {
    return { ok: false, findings: this.#findings };
  }
}

/** Indexes into the lines of the file. */
interface Markers {
  readonly upMarker: number;
  readonly downMarker: number;
}

function findSections(
  text: string,
  lines: readonly string[],
  problems: Problems,
): Markers | null {
  const { ups, downs } = findMarkers(text);
  for (const [name, markers] of [["UP", ups], ["DOWN", downs]] as const) {
    if (markers.length === 0) {
      const line = lines.findIndex((each) => markerName(each.trim()) === name) + 1;
      const hint = line === 0
        ? ""
        : `; that on line ${line} is inside a text, a comment or a statement`;
      const message = `The "-- ${name}" line is missing; every file needs one${hint}`;
      problems.add("marker-missing", Math.max(line, 1), message);
    }
    const [first = 0, ...repeated] = markers;
    for (const index of repeated) {
      const message = `A second "-- ${name}" line; the first is on line ${
        first + 1
      }, and there can be one`;
      problems.add("marker-repeated", index + 1, message);
    }
  }
  const [upMarker] = ups;
  const [downMarker] = downs;
  if (upMarker === undefined || downMarker === undefined) return null;
  if (downMarker < upMarker) {
    problems.add(
      "marker-order",
      downMarker + 1,
      `"-- DOWN" comes before "-- UP"; swap the sections`,
    );
    return null;
  }
  const preamble = lines.slice(0, upMarker).join("\n");
  const sqlStart = skipTrivia(preamble, 0);
  if (sqlStart < preamble.length) {
    const line = preamble.slice(0, sqlStart).split("\n").length;
    problems.add(
      "sql-before-up",
      line,
      `SQL before the "-- UP" line would never run; move it below`,
    );
  }
  return { upMarker, downMarker };
}

// A slice of the text, which shares its memory.
function sectionBetween(
  text: string,
  lines: readonly string[],
  marker: number,
  end: number,
): Section {
  const startOf = (line: number): number =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0);
  return { sql: text.slice(startOf(marker + 1), startOf(end) - 1), line: marker + 2 };
}
