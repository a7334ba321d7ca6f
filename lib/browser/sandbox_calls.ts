// The calls of the sandbox that the owner answers for all tabs. A type alone.

import type { Sandbox } from "./sandbox.ts";

/** The calls that a guest forwards to the owner. Each tab handles the others itself. */
export type SandboxCalls = Omit<
  Sandbox,
  "subscribe" | "connectNats" | "disconnectNats" | "close"
>;
