// What a node is in a fleet. Pure; runs anywhere.

import { EXPECTED_LABEL, type Labels, parseLabel } from "./labels.ts";

/** A node, as it is set up. */
export interface NodeIdentity {
  readonly name: string;
  readonly labels: Labels;
  /** The publishers whose bundles it takes; any bundle where it names none. */
  readonly trust: readonly string[];
}

/** What the name of a node has to be. It is part of a key and of a subject. */
export const EXPECTED_NODE_NAME =
  "1 to 64 characters: a-z, 0-9, _ and -, of which the first is a letter or a digit";

// The grammar of plugins' names too, which the room `message` has; that one imports this room.
const NODE_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Returns whether a text can be the name of a node. */
export function isNodeName(text: string): boolean {
  return NODE_NAME.test(text);
}

/** Why a node cannot be set up so, and the way out; `null` if it can. */
export function whyNoNode({ name, labels }: Pick<NodeIdentity, "name" | "labels">): string | null {
  if (!isNodeName(name)) return `The name of a node needs ${EXPECTED_NODE_NAME}`;
  const wrong = Object.entries(labels).find(([key, value]) => {
    const parsed = parseLabel(`${key}=${value}`);
    return parsed === null || parsed[0] !== key;
  });
  return wrong === undefined ? null : `The label ${wrong.join("=")}: ${EXPECTED_LABEL}`;
}
