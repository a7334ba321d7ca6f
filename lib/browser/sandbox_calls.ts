// The part of the sandbox that its owner answers, whichever tab asks. A type alone; runs anywhere.

import type { Sandbox } from "./sandbox.ts";

/** What a guest forwards. The rest is each tab's own affair. */
export type SandboxCalls = Omit<
  Sandbox,
  "subscribe" | "connectNats" | "disconnectNats" | "close"
>;
