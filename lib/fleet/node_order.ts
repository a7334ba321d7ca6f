// The order in which nodes are taken, and the wave of a node. Pure; runs anywhere.
//
// A record that listed 100,000 nodes would not fit into a message. Each node has a place in an order
// that follows from the rollout's id and its name, and the record has only the places where waves
// end. So a node knows its wave by itself, one that is new included.

import { hasLabels, type Labels } from "./labels.ts";
import type { RolloutRecord } from "./rollout_record.ts";
import { divide, type WaveEnd } from "./waves.ts";

/** What decides the wave of a node. */
export interface OrderedNode {
  readonly name: string;
  readonly labels: Labels;
}

type Waves = Pick<RolloutRecord, "id" | "canary" | "wave_ends">;

/** Greater than every place: names have no tilde. */
const LAST_PLACE = "~";

/** The places where waves end. */
export function waveEnds(
  id: string,
  nodes: readonly string[],
  ends: readonly WaveEnd[],
): readonly string[] {
  const places = nodes.map((node) => placeOf(id, node)).sort();
  const last = divide(places, ends).slice(0, -1).flatMap((wave) => wave.at(-1) ?? []);
  return [...last, LAST_PLACE];
}

/** How many waves a rollout has. */
export function waveCount({ canary, wave_ends }: Waves): number {
  return wave_ends.length + (canary === null ? 0 : 1);
}

/** The wave of a node, from 0. */
export function waveOf(waves: Waves, { name, labels }: OrderedNode): number {
  const { id, canary, wave_ends } = waves;
  if (canary !== null && hasLabels(labels, canary)) return 0;
  const place = placeOf(id, name);
  const index = wave_ends.findIndex((end) => place <= end);
  return index + (canary === null ? 0 : 1);
}

/** Eight digits by chance, and the name, so that no two nodes share a place. */
function placeOf(id: string, node: string): string {
  return `${hash32(`${id}/${node}`).toString(16).padStart(8, "0")}-${node}`;
}

// FNV-1a, then the last step of MurmurHash3: names that differ in one digit come far apart.
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
