// Formats a value of SQLite for a cell. Pure; runs anywhere.

import type { SqlValue } from "../../sqlite/sqlite3.ts";
import { describeSize } from "./words.ts";

/** A formatted value. */
export interface Cell {
  readonly kind: "null" | "number" | "text" | "blob";
  readonly text: string;
  /** More of the value; `null` if `text` is complete. */
  readonly full: string | null;
}

const LONGEST_TEXT = 160;
const LONGEST_FULL_TEXT = 4_000;
const SHOWN_BYTES = 8;

/** Formats a value. Cuts text at 160 characters, and shows the size and first bytes of a blob. */
export function formatCell(value: SqlValue): Cell {
  if (value === null) return { kind: "null", text: "NULL", full: null };
  if (typeof value === "number" || typeof value === "bigint") {
    return { kind: "number", text: String(value), full: null };
  }
  if (typeof value === "string") {
    const shown = cut(value.replaceAll("\r\n", "⏎").replaceAll("\n", "⏎"), LONGEST_TEXT);
    return {
      kind: "text",
      text: shown,
      full: shown === value ? null : cut(value, LONGEST_FULL_TEXT),
    };
  }
  const hex = [...value.subarray(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, "0"));
  const more = value.length > SHOWN_BYTES ? " …" : "";
  return {
    kind: "blob",
    text: `blob, ${describeSize(value.length)}`,
    full: value.length === 0 ? null : `${hex.join(" ")}${more}`,
  };
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Do not cut a surrogate pair in two.
  return `${[...text.slice(0, most)].slice(0, most - 1).join("")}…`;
}
