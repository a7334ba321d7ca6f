// A file of statements that a plugin's code runs, `queries/*.sql`, parsed. Pure; runs anywhere.

import { excerptOf } from "../finding/excerpt.ts";
import { type Finding, finding, type FindingCode } from "../finding/finding.ts";
import { hasStatement, skipTrivia } from "../sqlite/skip_trivia.ts";
import { decodeText } from "./decode_text.ts";
import { sha256Hex } from "./sha256_hex.ts";

/** The folder beside `migrations` that such files are in, and the first part of their names. */
export const QUERIES_FOLDER = "queries";

/** The versions of the schema, both included, on which code runs certain statements. */
export interface VersionRange {
  /** `null` where it is any at which the statement works. */
  readonly from: number | null;
  /** `null` where there is no last one. */
  readonly to: number | null;
}

/** One file of statements. Its SQL is not yet checked. */
export interface QueryFile {
  /** With its folder, such as `queries/quotes.sql`. */
  readonly file: string;
  /** SHA-256 of the normalised text, 64 lower-case hex digits. */
  readonly checksum: string;
  /** The normalised text. */
  readonly sql: string;
  /** What the file declares with `-- versions: 4 to 6`. */
  readonly versions: VersionRange;
}

/** The files of a plugin's statements, and findings about those that cannot be read. */
export interface QueryFiles {
  readonly files: readonly QueryFile[];
  readonly findings: readonly Finding[];
}

/** The files of a plugin that has none. */
export const NO_QUERY_FILES: QueryFiles = { files: [], findings: [] };

/** A file of statements, or what is wrong with it. */
export type ParsedQueryFile =
  | { readonly ok: true; readonly queryFile: QueryFile }
  | { readonly ok: false; readonly finding: Finding };

/** Returns whether a file of a plugin, named with its folder, has statements of its code. */
export function isQueryFile(file: string): boolean {
  return file.startsWith(`${QUERIES_FOLDER}/`);
}

/** Parses a file of statements: UTF-8, with a statement, and above it at most one `versions` line. */
export async function parseQueryFile(file: string, bytes: Uint8Array): Promise<ParsedQueryFile> {
  const decoded = decodeText(bytes);
  if (!decoded.ok) {
    const found = decoded.isUtf16 ? "is UTF-16" : "is not UTF-8";
    return refused(file, "encoding", decoded.line, `${file} ${found}; save it as UTF-8`);
  }
  const { text } = decoded;
  const lines = text.split("\n");
  const nul = lines.findIndex((line) => line.includes("\0"));
  if (nul !== -1) {
    // SQLite ends its input at a NUL and would silently ignore the rest.
    return refused(file, "nul-character", nul + 1, `${file} contains a NUL character; remove it`);
  }
  if (!hasStatement(text)) {
    return refused(
      file,
      "empty-file",
      1,
      `${file} has no statement; write one, or delete the file`,
    );
  }
  const versions = readVersions(text.slice(0, skipTrivia(text, 0)).split("\n"));
  if ("message" in versions) {
    return refused(file, "directive", versions.line, versions.message, lines[versions.line - 1]);
  }
  const checksum = await sha256Hex(text);
  return { ok: true, queryFile: { file, checksum, sql: text, versions } };
}

/** Returns whether code runs statements with this range on a schema of `version`. */
export function isInRange({ from, to }: VersionRange, version: number): boolean {
  return version >= (from ?? 0) && version <= (to ?? Infinity);
}

// A name that is nearly one is none, and would be passed over in silence.
const DIRECTIVE = /^[ \t]*--[ \t]*(versions?)[ \t]*:[ \t]*(.*?)[ \t]*$/i;
const RANGE =
  /^(?:from[ \t]+(?<from>\d+)|to[ \t]+(?<to>\d+)|(?<first>\d+)[ \t]+to[ \t]+(?<last>\d+))$/i;

interface DirectiveProblem {
  readonly line: number;
  readonly message: string;
}

function readVersions(lines: readonly string[]): VersionRange | DirectiveProblem {
  let versions: VersionRange | null = null;
  for (const [index, line] of lines.entries()) {
    const [, name = "", value = ""] = DIRECTIVE.exec(line) ?? [];
    if (name === "") continue;
    const read = name.toLowerCase() === "versions" ? readRange(value) : null;
    if (read === null) {
      const message = `Cannot read "${name}: ${value}"; write: versions: 4 to 6, from 4, or to 6`;
      return { line: index + 1, message };
    }
    if (versions !== null) {
      return { line: index + 1, message: 'A second "versions" line; a file can have one' };
    }
    versions = read;
  }
  return versions ?? { from: null, to: null };
}

function readRange(value: string): VersionRange | null {
  const groups = RANGE.exec(value)?.groups;
  if (groups === undefined) return null;
  const numberOf = (digits: string | undefined): number | null =>
    digits === undefined ? null : Number(digits);
  const from = numberOf(groups["from"] ?? groups["first"]);
  const to = numberOf(groups["to"] ?? groups["last"]);
  return from !== null && to !== null && to < from ? null : { from, to };
}

function refused(
  file: string,
  code: FindingCode,
  line: number,
  message: string,
  text?: string,
): ParsedQueryFile {
  const subject = { version: null, name: null, file };
  const excerpt = text === undefined ? {} : { excerpt: excerptOf(text, 1) };
  const detail = { position: { line, column: 1 }, ...excerpt };
  return { ok: false, finding: finding("ERROR", code, subject, message, detail) };
}
