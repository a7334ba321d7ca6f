// The reply to a plan request. Field names are fixed: fields may be added, none renamed.

import type { ChangeMessage, FindingMessage } from "./reply.ts";
import type { SchemaMessage } from "./schema_message.ts";

/** The reply to a plan that can run: what it would do, measured on the real rows and undone. */
export interface PlanReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "plan";
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** Identifies the dry run, whose events carry it too. */
  run_id: string;
  /** What is planned. */
  direction: "apply" | "rollback";
  /** The highest applied version now; 0 for none. */
  from: number;
  /** The highest applied version afterwards. */
  to: number;
  /** What would run, in this order. */
  steps: PlannedStep[];
  /** The schema now. Absent where the request leaves it out. */
  schema_before?: SchemaMessage | undefined;
  /** The schema afterwards. Absent where the request leaves it out. */
  schema_after?: SchemaMessage | undefined;
  /** Both schemas as a unified difference of their SQL; empty where they are equal. */
  schema_diff: string;
  /** Findings of level `WARNING` and `INFO`; they stop no run. */
  warnings: FindingMessage[];
  /** Present where the findings have suggestions and the reply was too large with them. */
  suggestions_omitted?: true | undefined;
  /** SHA-256 of the plan. A request of `direction` that carries it runs this plan, or fails. */
  plan_hash: string;
  /** From the request to the reply, in milliseconds. */
  total_time_ms: number;
}

/** One migration of a plan. */
export interface PlannedStep {
  /** The number of the migration. */
  version: number;
  /** The part of the file name after the number. */
  name: string;
  /** The name of the file. */
  file: string;
  /** What runs, in this order. Absent where the request leaves it out. */
  statements?: PlannedStatement[] | undefined;
  /** How long it took, in milliseconds. */
  execution_time_ms: number;
  /** What changes in the schema. */
  changes: ChangeMessage[];
  /** The rows and values that are lost. */
  data_loss: PlannedLoss[];
}

/** A statement of a migration. */
export interface PlannedStatement {
  /** The statement as written. */
  sql: string;
  /** The line of the file on which it begins, from 1. */
  line: number;
}

/**
 * Rows that a table loses, or values that are not NULL that a column loses. `examples` are there
 * where the request asks for `rows`, except for values in a table without a key.
 */
export type PlannedLoss =
  | { kind: "rows"; table: string; rows: number; examples?: LostRows | undefined }
  | {
    kind: "values";
    table: string;
    column: string;
    values: number;
    examples?: LostValues | undefined;
  };

/** Some of the rows that a table loses. */
export interface LostRows {
  /** The names of the columns. */
  columns: string[];
  /** The values of each row, in the order of `columns`. */
  rows: ShownValue[][];
}

/** Some of the values that a column loses. */
export interface LostValues {
  /** The columns by which the row of a value can be found; empty where there are none. */
  key: string[];
  /** The values. */
  values: LostValue[];
}

/** A value that a column loses. */
export interface LostValue {
  /** The values of the columns of `key`. */
  key: ShownValue[];
  /** The value that is lost. */
  before: ShownValue;
  /** What is in its place; `null` where the column is gone. */
  after: ShownValue | null;
}

/** A value of a row as people read it. Long ones are clipped. */
export interface ShownValue {
  /** The storage class of SQLite. */
  type: "null" | "integer" | "real" | "text" | "blob";
  /** The value: at most 200 characters of a text, and the first 16 bytes of a blob in hex. */
  text: string;
  /** The characters of a text that is clipped, or the bytes of a blob. */
  length?: number | undefined;
}
