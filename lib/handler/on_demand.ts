// The handlers that are loaded on their first use, as one part.

export { check } from "./check.ts";
export { diff } from "./diff.ts";
export { dump } from "./dump.ts";
export { plugins } from "./plugins.ts";
export { rollout } from "./rollout.ts";
