// How many messages a plugin's page code may send. Pure; runs anywhere.

/** Messages that may come at once, and how many a second later. */
const BURST = 200;
const PER_SECOND = 100;

/** Counts messages. */
export interface MessageBudget {
  /** Whether one more is within the budget at `nowMs`, a time that never goes back. */
  spend(nowMs: number): boolean;
}

/** A budget that is full at first and fills again with time. */
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
