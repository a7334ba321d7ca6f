// Simulates a rollout over 100,000 nodes, or as many as the first argument says, and prints waves,
// halts, messages and bytes. The second argument is the seed.

import { Random } from "../support/random.ts";
import { simulateRollout } from "./simulated_fleet.ts";

const [count = "100000", seed = "1"] = Deno.args;
const startedMs = performance.now();
const nodes = Number(count);
const summary = simulateRollout(new Random(Number(seed)), nodes, "1,1%,10%,100%", {
  lossPercent: 2,
  mostDelayMs: 800,
  offlinePercent: 3,
  restartPercent: 1,
  failPermille: 1,
});
const { phase, waves, halts, simulatedMs, applied, messages, bytes } = summary;
console.log(`${nodes} nodes in waves of ${waves.join(", ")}: ${phase}, ${applied} applied`);
console.log(`${halts} halts, each resumed; ${Math.round(simulatedMs / 1_000)} simulated seconds`);
console.log(
  `${(messages / nodes).toFixed(1)} messages and ${Math.round(bytes / nodes)} bytes for each node`,
);
console.log(`took ${Math.round((performance.now() - startedMs) / 1_000)} s`);
