// What a migration loses. Plain data; runs anywhere.

/** Rows or values that were there before a migration and are not there after it. */
export type DataLoss =
  /** Rows of which no row with the same key is left. */
  | { readonly kind: "rows"; readonly table: string; readonly rows: number }
  | {
    /**
     * `values` went with a column, or were left out by the copy of a rebuild, or became NULL;
     * `overwritten` were replaced by another value. The values of lost rows count only in a
     * column that was dropped.
     */
    readonly kind: "values" | "overwritten";
    readonly table: string;
    readonly column: string;
    readonly values: number;
  };

/** A value as it is shown to people: long ones are clipped. */
export interface ShownValue {
  /** The storage class: https://sqlite.org/datatype3.html */
  readonly type: "null" | "integer" | "real" | "text" | "blob";
  /** The value; the begin of a long text, and the first bytes of a blob in hex. */
  readonly text: string;
  /** The characters of a clipped text, or the bytes of a blob. */
  readonly length?: number;
}

/** Some of the rows of one table, or of the values of one column, that a migration loses. */
export type LossExamples =
  | {
    readonly kind: "rows";
    readonly table: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly ShownValue[])[];
  }
  | {
    readonly kind: "values";
    readonly table: string;
    readonly column: string;
    /** The columns by which a reader finds the row; empty where there are none. */
    readonly key: readonly string[];
    readonly values: readonly LostValue[];
  };

/** A lost value in its row. */
export interface LostValue {
  readonly key: readonly ShownValue[];
  readonly before: ShownValue;
  /** `null` where the column is gone. */
  readonly after: ShownValue | null;
}

/** A column that is gone and whose values are all in a new column of the same rows. */
export interface MovedColumn {
  /** The name of the table before the migration. */
  readonly table: string;
  readonly column: string;
  readonly to: string;
}

/** Row numbers that AUTOINCREMENT would not have given out again, and now does. */
export interface ReusedNumbers {
  /** The name of the table after the migration. */
  readonly table: string;
  readonly first: number;
  readonly last: number;
}

/** Everything that the execution of a step lost. */
export interface StepLosses {
  readonly dataLoss: readonly DataLoss[];
  readonly moved: readonly MovedColumn[];
  readonly reusedNumbers: readonly ReusedNumbers[];
  /** Tables that it wrote to or dropped and whose rows could not be compared. */
  readonly unmeasured: readonly string[];
  /** Empty unless they were asked for. */
  readonly examples: readonly LossExamples[];
}
