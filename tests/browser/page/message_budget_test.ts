// messageBudget(): how many messages page code may send.

import * as assert from "uvu/assert";
import { type MessageBudget, messageBudget } from "../../../lib/browser/page/message_budget.ts";
import { suite } from "../../support/suite.ts";

/** How many messages come through at one moment. */
function spendAll(budget: MessageBudget, nowMs: number): number {
  let count = 0;
  while (budget.spend(nowMs)) count += 1;
  return count;
}

const budgets = suite("messageBudget()");

budgets("lets a burst through, and no more", () => {
  assert.is(spendAll(messageBudget(0), 0), 200);
});

budgets("fills again by 100 a second", () => {
  const budget = messageBudget(0);
  spendAll(budget, 0);
  assert.is(spendAll(budget, 5), 0);
  assert.is(spendAll(budget, 50), 5);
  assert.is(spendAll(budget, 1050), 100);
});

budgets("never holds more than a burst", () => {
  assert.is(spendAll(messageBudget(0), 3_600_000), 200);
});

budgets.run();
