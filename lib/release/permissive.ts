// Judges the licence of a dependency by its SPDX expression. Pure; runs anywhere.

/** Licences that ask for no more than to keep their notice. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
  "Unicode-3.0",
  "Unlicense",
  "Zlib",
]);

/**
 * Returns whether everything that an expression demands is permissive. `OR` is a choice, `AND` is
 * not. What is no expression is not permissive. Exceptions (`WITH`) only permit more.
 * https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 */
export function isPermissive(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const isNext = (word: string): boolean => tokens[at] === word && ++at > 0;

  const any = (): boolean | null => combined(all, "OR", (one, other) => one || other);
  const all = (): boolean | null => combined(one, "AND", (one, other) => one && other);
  const combined = (
    part: () => boolean | null,
    operator: string,
    combine: (one: boolean, other: boolean) => boolean,
  ): boolean | null => {
    let result = part();
    while (result !== null && isNext(operator)) {
      const next = part();
      result = next === null ? null : combine(result, next);
    }
    return result;
  };
  const one = (): boolean | null => {
    if (isNext("(")) {
      const inner = any();
      return isNext(")") ? inner : null;
    }
    const licence = tokens[at++];
    if (licence === undefined || !/^[\w.+-]+$/.test(licence)) return null;
    if (isNext("WITH") && tokens[at++] === undefined) return null;
    return PERMISSIVE.has(licence);
  };

  const judged = any();
  return judged === true && at === tokens.length;
}
