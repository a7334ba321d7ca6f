// Collects, while a plan runs, what its reviewers see beside the report of a dry run.

import { SourceText } from "../finding/source_text.ts";
import type { LossExamples } from "../loss/data_loss.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { StatementText } from "../sqlite/script.ts";

/** A plan that ran to its end, as reviewers see it. */
export interface Review {
  readonly before: Schema;
  readonly after: Schema;
  readonly steps: readonly ReviewedStep[];
}

/** A step as reviewers see it. */
export interface ReviewedStep {
  readonly version: number;
  readonly statements: readonly ReviewedStatement[];
  readonly examples: readonly LossExamples[];
}

/** A statement as it ran, and the line of its file on which it begins. */
export interface ReviewedStatement {
  readonly sql: string;
  readonly line: number;
}

/** The review of one run. */
export class PlanReview {
  /** How many lost rows of each table, and lost values of each column, are read. */
  readonly examples: number;
  readonly #steps: ReviewedStep[] = [];
  #before: Schema | null = null;
  #review: Review | null = null;

  constructor(examples: number) {
    this.examples = examples;
  }

  /** The whole review; `null` before `end()`. */
  get review(): Review | null {
    return this.#review;
  }

  /** Notes the schema before the first step. */
  begin(follower: SchemaFollower): void {
    this.#before = follower.schema;
  }

  /** Begins a step; returns what takes its statements, and what ends it. */
  beginStep(step: PlanStep): {
    readonly add: (text: StatementText) => void;
    readonly end: (examples: readonly LossExamples[]) => void;
  } {
    const source = new SourceText(step);
    const statements: ReviewedStatement[] = [];
    return {
      add: ({ sql, offset }) => statements.push({ sql, line: source.positionOf(offset).line }),
      end: (examples) => this.#steps.push({ version: step.version, statements, examples }),
    };
  }

  /** Notes the schema after the last step. */
  end(follower: SchemaFollower): void {
    if (this.#before === null) throw new Error("The review has no schema to begin with");
    this.#review = { before: this.#before, after: follower.schema, steps: this.#steps };
  }
}
