// The cure of a finding: the difference that it makes to the file, and a button that makes it. Runs
// in the browser.

import type { JSX } from "preact";
import type { Suggestion } from "../../finding/finding.ts";
import { withSections } from "../../migration/with_sections.ts";
import { SchemaDifference } from "../../review/schema_difference.tsx";
import { unifiedDiff } from "../../unified_diff.ts";

/** The text that a suggestion changes, and what to do with the changed one. */
export interface Replaceable {
  readonly file: string;
  readonly text: string;
  /** Whether the suggestion was made for this text. */
  readonly isPresent: boolean;
  /** What the button says. */
  readonly words: string;
  readonly onReplace: (text: string) => void;
}

interface ReplaceWithProps {
  readonly suggestion: Suggestion;
  readonly replaceable: Replaceable;
  /** Whether the difference is shown too; all findings of a file have the same suggestion. */
  readonly isFirst: boolean;
}

/** The button, and behind a summary the difference. */
export function ReplaceWith(
  { suggestion, replaceable, isFirst }: ReplaceWithProps,
): JSX.Element | null {
  const { file, text, isPresent, words, onReplace } = replaceable;
  const replaced = isPresent ? withSections(text, suggestion) : null;
  return (
    <div class="suggestion">
      <button
        type="button"
        class="button button-small"
        disabled={replaced === null}
        onClick={() => replaced !== null && onReplace(replaced)}
      >
        {words}
      </button>
      {isFirst && replaced !== null && (
        <details>
          <summary>Show the difference</summary>
          <SchemaDifference
            text={unifiedDiff(text, replaced, { before: file, after: `${file} (replaced)` })}
            label="Difference of the file"
          />
        </details>
      )}
    </div>
  );
}
