// Says whether two CREATE statements are the same apart from how they are written. Pure; runs
// anywhere.

import { foldName } from "../sqlite/fold_name.ts";
import type { Schema } from "../sqlite/schema.ts";
import { entriesOf, type SchemaEntry } from "../sqlite/schema_slice.ts";
import { nameOf, type Token, tokensOf } from "../sqlite/tokens.ts";

/**
 * Compares texts token by token. White space and comments make no difference, and neither do
 * quotes around the name of a table or a view: RENAME writes the new name in quotes
 * (https://sqlite.org/lang_altertable.html#altertabrename).
 */
export class TextComparison {
  readonly #names: ReadonlySet<string>;

  /** `schemas` are those whose texts are compared. */
  constructor(...schemas: readonly Schema[]) {
    this.#names = new Set(
      schemas.flatMap(({ tables, views }) => [...tables, ...views]).map(({ name }) =>
        foldName(name)
      ),
    );
  }

  /** Whether two texts are the same. */
  isSame(one: string, other: string): boolean {
    return one === other || this.keyOf(one) === this.keyOf(other);
  }

  /** What the differences that do not count leave of a text. */
  keyOf(sql: string): string {
    return [...tokensOf(sql)].map((token) => this.#written(token)).join(SEPARATOR);
  }

  /** The objects of `one` that `other` does not have, or has with another text. */
  missingIn(one: Schema, other: Schema): readonly SchemaEntry[] {
    const keys = new Set(entriesOf(other).map((entry) => this.#entryKey(entry)));
    return entriesOf(one).filter((entry) => !keys.has(this.#entryKey(entry)));
  }

  /** The objects in which two schemas differ and that count, such as `table "t"`. */
  differences(
    one: Schema,
    other: Schema,
    counts: (entry: SchemaEntry) => boolean = () => true,
  ): readonly string[] {
    const entries = [...this.missingIn(one, other), ...this.missingIn(other, one)].filter(counts);
    return [...new Set(entries.map(({ type, object }) => `${type} "${object.name}"`))];
  }

  #entryKey({ type, object }: SchemaEntry): string {
    return [type, object.name, this.keyOf(object.sql)].join(SEPARATOR);
  }

  #written(token: Token): string {
    const isQuoted = IDENTIFIER_QUOTES.includes(token.text.charAt(0));
    if (!isQuoted) return token.text;
    const name = nameOf(token);
    return this.#names.has(foldName(name)) ? name : token.text;
  }
}

const IDENTIFIER_QUOTES = '"[`';
// No token contains it.
const SEPARATOR = "\0";
