// The columns that a text takes in a terminal. Pure; runs anywhere.

import { eastAsianWidth } from "get-east-asian-width";

// The packages that know every sequence of emoji take 50 ms to load.
const COLOR = new RegExp("\u001b\\[[\\d;]*m", "g");
const ASCII = /^[ -~]*$/;
const INVISIBLE = /^[\p{M}\p{Cc}\p{Cf}]$/u;
const EMOJI = /\ufe0f|\p{Regional_Indicator}/u;

/** How many columns a text takes: two for a wide character, none for colours and for accents. */
export function textWidth(text: string): number {
  const shown = text.replaceAll(COLOR, "");
  if (ASCII.test(shown)) return shown.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(shown)) width += clusterWidth(segment);
  return width;
}

function clusterWidth(cluster: string): number {
  if (EMOJI.test(cluster)) return 2;
  const widths = [...cluster].map((character) =>
    INVISIBLE.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0)
  );
  return Math.max(...widths);
}
