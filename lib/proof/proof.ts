// The facts that a proof of a DOWN yields, for the rules. Plain data; runs anywhere.

import type { ViolatingRows } from "../execution/violating_rows.ts";
import type { FindingSubject } from "../finding/finding.ts";
import type { LossExamples } from "../loss/data_loss.ts";
import type { UnfilledTable } from "./fill_schema.ts";

/** The rows on which a file was tried. */
export type ProofRows = "made-up" | "live";

/** What one table has in one state of the database and not in another. */
export interface RowDifference {
  readonly table: string;
  /** The column whose values differ; `null` where whole rows do. */
  readonly column: string | null;
  readonly count: number;
  /** One of the rows or values; `null` where single ones are not known. */
  readonly example: LossExamples | null;
}

/** An object that is not the same in two states of the schema. */
export interface ObjectDifference {
  readonly object: "table" | "index" | "trigger" | "view";
  readonly name: string;
  /** The column that differs; `null` where it is the object itself. */
  readonly column: string | null;
  /** `order`: a table has the same columns and constraints, written in another order. */
  readonly kind: "missing" | "added" | "altered" | "order";
  /** What is altered, such as `type TEXT to INTEGER`; `null` where that is not known. */
  readonly detail: string | null;
}

/** How a state of the database differs from an earlier one that it should equal. */
export interface StateDifference {
  readonly objects: readonly ObjectDifference[];
  /** What the earlier one had. */
  readonly lost: readonly RowDifference[];
  /** What only the later one has. */
  readonly added: readonly RowDifference[];
  /** Tables whose rows cannot be read. */
  readonly unread: readonly string[];
}

/** The trial of one file: UP, DOWN and UP again. */
export interface FileProof extends FindingSubject {
  readonly rows: ProofRows;
  /** Tables that the file touches and that had no row. */
  readonly unfilled: readonly UnfilledTable[];
  /** Why UP failed on made-up rows that were tried before these; `null` if there were none. */
  readonly failsOnOthers: string | null;
  readonly end: ProofEnd;
}

/** How a trial ended. */
export type ProofEnd =
  /** It did not come to the first DOWN. */
  | {
    readonly kind: "up-failed";
    readonly message: string;
    /** The rows that it is about; none where they are not known. */
    readonly violations: readonly ViolatingRows[];
  }
  | { readonly kind: "down-failed"; readonly message: string }
  | {
    readonly kind: "second-up-failed";
    readonly message: string;
    readonly afterDown: StateDifference;
  }
  | {
    readonly kind: "completed";
    /** Against the state before the first UP. */
    readonly afterDown: StateDifference;
    /** Against the state after the first UP. */
    readonly afterSecondUp: StateDifference;
  };
