// Limits the messages of a plugin's page. Pure; runs anywhere.

/** The most messages at once, and the rate in messages a second. */
const BURST = 200;
const PER_SECOND = 100;

/** A token bucket. */
export interface MessageBudget {
  /** Takes one message at `nowMs`, a monotonic time. Returns whether the budget allows it. */
  spend(nowMs: number): boolean;
}

/** Makes a budget that is full at first and refills over time. */
export function messageBudget(startMs: number): MessageBudget {
  let left = BURST;
  let filledMs = startMs;
  return {
    spend(nowMs) {
      left = Math.min(BURST, left + (nowMs - filledMs) * PER_SECOND / 1000);
      filledMs = nowMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
