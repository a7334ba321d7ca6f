// Finds the lines "-- UP" and "-- DOWN" of a migration file. Pure; runs anywhere.

import { topLevelComments } from "../sqlite/top_level_comments.ts";

// A marker is a comment on a line of its own: "-- UP", "--down", "-- UP: create the tables".
const MARKER = /^--[ \t]*(up|down)[ \t]*(?::.*)?$/i;

/** The indexes of the lines of markers, in their order. */
export interface Markers {
  readonly ups: readonly number[];
  readonly downs: readonly number[];
}

/** Finds the markers. What reads like one inside a text or the body of a trigger is SQL. */
export function findMarkers(text: string): Markers {
  const found = allMarkers(text);
  // A list of columns may have such a comment. If there is no other, a parenthesis was not closed,
  // and SQLite says more about that.
  const of = (name: Marker["name"]): readonly number[] => {
    const { inside = [], outside = inside } = Object.groupBy(
      found.filter((each) => each.name === name),
      ({ isInParentheses }) => isInParentheses ? "inside" : "outside",
    );
    return outside.map(({ index }) => index);
  };
  return { ups: of("UP"), downs: of("DOWN") };
}

/** The marker that a comment reads as; `null` if it is none. */
export function markerName(comment: string): "UP" | "DOWN" | null {
  const name = MARKER.exec(comment)?.[1]?.toUpperCase();
  return name === "UP" || name === "DOWN" ? name : null;
}

/** A marker, and the index of its line. */
interface Marker {
  readonly name: "UP" | "DOWN";
  readonly index: number;
  readonly isInParentheses: boolean;
}

function allMarkers(text: string): readonly Marker[] {
  const lineOf = lineCounter(text);
  return topLevelComments(text).flatMap((each): readonly Marker[] => {
    const { start, text: comment, isInParentheses } = each;
    const name = markerName(comment);
    const isWholeLine = text.slice(text.lastIndexOf("\n", start) + 1, start).trim() === "";
    return name !== null && isWholeLine ? [{ name, index: lineOf(start), isInParentheses }] : [];
  });
}

/** Gives the lines of indexes into a text, which must ascend. */
function lineCounter(text: string): (index: number) => number {
  let at = 0;
  let line = 0;
  return (index) => {
    for (let end = text.indexOf("\n", at); end !== -1 && end < index;) {
      line += 1;
      at = end + 1;
      end = text.indexOf("\n", at);
    }
    return line;
  };
}
