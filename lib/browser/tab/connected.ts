// What a tab loads on its first connection to NATS, as one part: two would cut the code that they
// share with the rest into many small ones, which compress badly. For browsers.

export { whyNoConnection } from "../nats_choice.ts";
export { tabFleet } from "./tab_fleet.ts";
export { startTabNode } from "./tab_node.ts";
export { startTabService } from "./tab_service.ts";
