// What the documentation says about a finding: its cause, its remedy, and SQL that causes it. Types
// and their schema. Pure; runs anywhere.

import * as v from "valibot";

/** Words, or code among them. */
export type Inline = string | { readonly code: string };

/** A part of an explanation. */
export type RemedyBlock =
  | { readonly kind: "text"; readonly parts: readonly Inline[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: "code"; readonly text: string };

/** The explanation of each code. */
export type Remedies = Readonly<Record<string, readonly RemedyBlock[]>>;

const InlineSchema = v.union([v.string(), v.object({ code: v.string() })]);

/** The schema of `remedies.json`. */
export const RemediesSchema: v.GenericSchema<unknown, Remedies> = v.record(
  v.string(),
  v.array(v.variant("kind", [
    v.object({ kind: v.literal("text"), parts: v.array(InlineSchema) }),
    v.object({ kind: v.literal("list"), items: v.array(v.array(InlineSchema)) }),
    v.object({ kind: v.literal("code"), text: v.string() }),
  ])),
);
