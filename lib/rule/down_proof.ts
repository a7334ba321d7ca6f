// Findings about files that were tried on rows: UP, DOWN and UP again. Pure; runs anywhere.

import { counted } from "../finding/counted.ts";
import { type Finding, finding, type FindingCode, type FindingLevel } from "../finding/finding.ts";
import { subjectOf } from "../finding/subject_of.ts";
import type { LossExamples } from "../loss/data_loss.ts";
import { FOUND_BY_PROOF, isUseOf } from "./acceptances.ts";
import { fieldsOf, valueWords } from "./shown_row.ts";
import { violationFindings } from "./violations.ts";
import type {
  FileProof,
  ObjectDifference,
  RowDifference,
  StateDifference,
} from "../proof/proof.ts";

/** What the trial of each file has shown. */
export function downProofFindings(proofs: readonly FileProof[]): readonly Finding[] {
  return proofs.flatMap((proof) => [...unprovenFindings(proof), ...endFindings(proof)]);
}

/**
 * The findings about files by themselves, with those of a proof on live rows, which tried the
 * versions `tried`. What made-up rows could not prove of these does not matter then, and what both
 * found is reported of the live rows. The statements of code are judged on the live schema alone:
 * what a file broke that was applied long ago, released code does not need.
 */
export function withLiveProof(
  alone: readonly Finding[],
  live: { readonly tried: readonly number[]; readonly findings: readonly Finding[] },
): readonly Finding[] {
  const proven = live.findings.filter(({ code }) => FOUND_BY_PROOF.has(code));
  const ofQueries = live.findings.filter(isAboutQuery);
  const tried = new Set<number | null>(live.tried);
  const isSettled = (found: Finding): boolean =>
    isAboutQuery(found) ||
    found.code === "unproven-down" && tried.has(found.version) ||
    found.code === "unused-acceptance" && proven.some((each) => isUseOf(each, found)) ||
    proven.some(({ version, code, about }) =>
      version === found.version && code === found.code && about === found.about
    );
  return [...alone.filter((found) => !isSettled(found)), ...proven, ...ofQueries];
}

function isAboutQuery({ code }: Finding): boolean {
  return code === "broken-query" || code === "failing-query" || code === "unchecked-query";
}

function unprovenFindings(proof: FileProof): readonly Finding[] {
  const { file, rows, unfilled, failsOnOthers } = proof;
  const onOthers = failsOnOthers === null ? [] : [
    found(
      proof,
      "INFO",
      "unproven-down",
      null,
      `UP of ${file} fails on some made-up rows (${failsOnOthers}), so its DOWN is proven on ` +
        `others alone`,
    ),
  ];
  const withoutRow = unfilled.map(({ table, message }) =>
    found(
      proof,
      "WARNING",
      "unproven-down",
      table,
      rows === "live"
        ? `"${table}" ${message}, so the DOWN of ${file} is not proven for it`
        : `No row was found that "${table}" takes (${message}), so the DOWN of ${file} is not ` +
          `proven for it; prove it on the rows of a database with --live`,
    )
  );
  return [...onOthers, ...withoutRow];
}

function endFindings(proof: FileProof): readonly Finding[] {
  const { end, file, rows } = proof;
  switch (end.kind) {
    case "up-failed":
      return [
        ...(rows === "live" ? violationFindings(proof, end.violations) : []),
        rows === "live"
          ? found(
            proof,
            "ERROR",
            "unproven-down",
            null,
            `UP of ${file} fails on the rows of the database: ${end.message}`,
          )
          : found(
            proof,
            "WARNING",
            "unproven-down",
            null,
            `UP of ${file} fails on made-up rows (${end.message}), so its DOWN is not proven; ` +
              `prove it on the rows of a database with --live`,
          ),
      ];
    case "down-failed":
      return [
        found(
          proof,
          "ERROR",
          "down-differs",
          null,
          `DOWN of ${file} fails on ${
            NAMES[rows]
          }: ${end.message}; write a DOWN that takes every ` +
            `row that the schema before it allows`,
        ),
      ];
    case "second-up-failed":
      return [
        ...afterDown(proof, end.afterDown),
        found(
          proof,
          "ERROR",
          "up-not-repeatable",
          null,
          `UP of ${file} fails on ${NAMES[rows]} after its DOWN: ${end.message}; ` +
            `make DOWN undo all of UP`,
        ),
      ];
    case "completed":
      return [
        ...afterDown(proof, end.afterDown),
        ...(isSame(end.afterDown) ? afterSecondUp(proof, end.afterSecondUp) : []),
      ];
  }
  end satisfies never;
}

const NAMES = { "made-up": "made-up rows", "live": "the rows of the database" } as const;

function afterDown(proof: FileProof, difference: StateDifference): readonly Finding[] {
  const { objects, lost, added, unread } = difference;
  const isLost = ({ table, column }: RowDifference): boolean =>
    lost.some((each) => each.table === table && each.column === column);
  // Where rows of other tables would have rows in one, DOWN may put them there.
  const isUnfilled = ({ table }: RowDifference): boolean =>
    proof.unfilled.some((each) => each.table === table);
  return [
    ...lost.map((each) => {
      const about = nameOf(each);
      return found(
        proof,
        "ERROR",
        "down-loses-values",
        about,
        `UP and DOWN of ${proof.file} lose ${described(proof, each)}; keep them where DOWN finds ` +
          `them, or accept the loss of ${about} with its reason`,
      );
    }),
    ...objects.map((each) =>
      found(
        proof,
        each.kind === "order" ? "WARNING" : "ERROR",
        "down-differs",
        objectName(each),
        `After UP and DOWN of ${proof.file}, ${objectWords(each)}; ${
          each.kind === "order" ? "rebuild the table if that matters" : "make DOWN undo all of UP"
        }`,
      )
    ),
    // A value that was replaced is lost, and that is enough.
    ...added.filter((each) => !isLost(each) && !isUnfilled(each)).map((each) =>
      found(
        proof,
        "ERROR",
        "down-differs",
        nameOf(each),
        `UP and DOWN of ${proof.file} add ${described(proof, each)}; remove them in DOWN`,
      )
    ),
    ...unread.map((table) =>
      found(
        proof,
        "WARNING",
        "unproven-down",
        table,
        `The rows of "${table}" cannot be read, so the DOWN of ${proof.file} is not proven for it`,
      )
    ),
  ];
}

// From equal states a UP leads to equal ones, unless it depends on the time or on chance.
function afterSecondUp(
  proof: FileProof,
  { objects, lost, added }: StateDifference,
): readonly Finding[] {
  const rows = new Map([...lost, ...added].map((each) => [nameOf(each), each]));
  return [
    ...objects.map((each) =>
      found(
        proof,
        each.kind === "order" ? "WARNING" : "ERROR",
        "up-not-repeatable",
        objectName(each),
        `After the second UP of ${proof.file}, ${objectWords(each)}; make DOWN undo all of UP`,
      )
    ),
    ...[...rows].map(([about, each]) =>
      found(
        proof,
        "WARNING",
        "up-not-repeatable",
        about,
        `The second UP of ${proof.file} does not give ${described(proof, each)} again; ` +
          `write values that do not depend on the time or on chance`,
      )
    ),
  ];
}

function isSame({ objects, lost, added }: StateDifference): boolean {
  return lost.length + added.length === 0 && objects.every(({ kind }) => kind === "order");
}

function nameOf({ table, column }: RowDifference): string {
  return column === null ? table : `${table}.${column}`;
}

function objectName({ name, column }: ObjectDifference): string {
  return column === null ? name : `${name}.${column}`;
}

function objectWords({ object, name, column, kind, detail }: ObjectDifference): string {
  const what = column === null ? `the ${object} "${name}"` : `the column "${column}" of "${name}"`;
  switch (kind) {
    case "missing":
      return `${what} is missing`;
    case "added":
      return `${what} is there, which was not before`;
    case "altered":
      return `${what} has another definition${detail === null ? "" : ` (${detail})`}`;
    case "order":
      return `${what} has its columns in another order`;
  }
  kind satisfies never;
}

/** What differs, with an example. Of rows that are made up, the count says nothing. */
function described({ rows }: FileProof, difference: RowDifference): string {
  const { table, column, count, example } = difference;
  const noun = column === null ? "row" : "value";
  const amount = rows === "live" ? counted(count, noun) : `${noun}s`;
  const what = column === null
    ? `${amount} of "${table}"`
    : `${amount} of "${column}" of "${table}"`;
  const shown = example === null ? "" : exampleWords(example);
  return shown === "" ? what : `${what}, such as ${shown}`;
}

function exampleWords(example: LossExamples): string {
  if (example.kind === "rows") {
    return fieldsOf(example.columns, example.rows[0] ?? []);
  }
  const [value] = example.values;
  if (value === undefined) return "";
  const key = fieldsOf(example.key, value.key);
  const where = key === "" ? "" : ` where ${key}`;
  const is = value.after === null ? "" : ` (now ${valueWords(value.after)})`;
  return `${valueWords(value.before)}${where}${is}`;
}

function found(
  proof: FileProof,
  level: FindingLevel,
  code: FindingCode,
  about: string | null,
  message: string,
): Finding {
  return finding(level, code, subjectOf(proof), message, { about });
}
