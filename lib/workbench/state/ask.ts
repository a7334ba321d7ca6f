// Asks for confirmation before data is deleted. Runs in the browser.

import type { Question, Store } from "./store.ts";

/** Shows a question and waits for the answer. Closing it means no. */
export function ask(store: Store, question: Omit<Question, "answer">): Promise<boolean> {
  store.question.value?.answer(false);
  return new Promise((resolve) => {
    store.question.value = {
      ...question,
      answer(isAgreed) {
        store.question.value = null;
        resolve(isAgreed);
      },
    };
  });
}
