// Routes calls to the tab that owns the sandbox, and to the next owner if that tab closes. Runs
// anywhere.

import type { Ending } from "../../database/ending.ts";
import {
  type CallArguments,
  type CallName,
  type CallValue,
  type SandboxCalls,
  sandboxCalls,
  type ValueWithoutOwner,
} from "../sandbox_calls.ts";

/** The present owner. */
export interface Answerer {
  readonly calls: SandboxCalls;
  /** Ends when the owner is gone; `null` if this tab is the owner. */
  readonly lost: Ending<typeof LOST> | null;
}

/** The result of a call whose owner is gone. */
export const LOST: unique symbol = Symbol("the owner is gone");

/**
 * Makes calls that the owner answers. `current` waits until there is one. If the owner is gone
 * before it has answered, a call that only reads is sent again to the next owner, and a call that
 * writes fails, because it may have been carried out.
 */
export function routeCalls(current: () => Promise<Answerer>): SandboxCalls {
  async function route<C extends CallName>(
    name: C,
    args: CallArguments<C>,
    withoutOwner: ValueWithoutOwner<C>,
  ): Promise<CallValue<C>> {
    while (true) {
      const { calls, lost } = await current();
      const answer = calls[name](...args);
      const value = await (lost === null ? answer : lost.before(answer));
      if (value !== LOST) return value;
      const failure = withoutOwner(...args);
      if (failure !== null) return failure;
    }
  }
  return sandboxCalls((name, withoutOwner) => (...args) => route(name, args, withoutOwner));
}
