// The waves of a rollout: a few databases first, then more. Pure; runs anywhere.

import type { Outcome } from "../outcome.ts";

/** How many databases are done when a wave is: so many, or a share of all. */
export type WaveEnd =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "percent"; readonly percent: number };

/** Every database in one wave. */
export const ONE_WAVE = "100%";

/** What waves have to be. */
export const EXPECTED_WAVES =
  "expected counts and shares that grow and end with 100%, such as 1,10%,100%";

/**
 * Reads waves such as `1,10%,100%`: one database, then others until a tenth of all is done, then the
 * rest.
 */
export function parseWaves(text: string): Outcome<readonly WaveEnd[], "bad-waves"> {
  const ends = text.split(",").map(parseEnd);
  const known = ends.filter((end) => end !== null);
  const last = known.at(-1);
  const grows = known.every((end, index) => isGrowth(known[index - 1], end));
  return known.length === ends.length && last?.kind === "percent" && last.percent === 100 && grows
    ? { ok: true, value: known }
    : { ok: false, code: "bad-waves", message: EXPECTED_WAVES };
}

function parseEnd(text: string): WaveEnd | null {
  const [, digits, percent] = /^([1-9]\d{0,6})(%?)$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const number = Number(digits);
  if (percent === "") return { kind: "count", count: number };
  return number <= 100 ? { kind: "percent", percent: number } : null;
}

// How a count and a share compare depends on how many databases there are.
function isGrowth(before: WaveEnd | undefined, after: WaveEnd): boolean {
  if (before === undefined || before.kind !== after.kind) return true;
  return before.kind === "count" && after.kind === "count"
    ? before.count < after.count
    : before.kind === "percent" && after.kind === "percent" && before.percent < after.percent;
}

/**
 * Divides `items` into waves, in their order. A share is rounded up; a wave that adds nothing is left
 * out.
 */
export function divide<T>(
  items: readonly T[],
  ends: readonly WaveEnd[],
): readonly (readonly T[])[] {
  const waves: (readonly T[])[] = [];
  let done = 0;
  for (const end of ends) {
    const until = Math.min(
      end.kind === "count" ? end.count : Math.ceil(items.length * end.percent / 100),
      items.length,
    );
    if (until <= done) continue;
    waves.push(items.slice(done, until));
    done = until;
  }
  return waves;
}
