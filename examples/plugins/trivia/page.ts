// The page of the trivia plugin: the version of its database, and a button that applies what is
// pending. Runs in a sandboxed frame, and can access its own database only.

import type { Godwit } from "@godwit/godwit/browser";

/** Fills the element of the plugin's page. */
export function start(godwit: Godwit, root: HTMLElement): void {
  const heading = document.createElement("h2");
  heading.textContent = "Trivia";
  const state = document.createElement("p");
  state.setAttribute("role", "status");
  const update = document.createElement("button");
  update.type = "button";
  update.textContent = "Update the questions";

  async function show(): Promise<void> {
    const reply = await godwit.request("status");
    if (!reply.success) {
      state.textContent = reply.message;
    } else {
      update.disabled = reply.pending_count === 0;
      state.textContent = reply.pending_count === 0
        ? `The questions are up to date, at version ${reply.current_version}.`
        : `Version ${reply.current_version}, updates available: ${reply.pending_count}.`;
    }
  }

  update.addEventListener("click", async () => {
    update.disabled = true;
    const reply = await godwit.request("apply", { applied_by: `page of ${godwit.plugin}` });
    await show();
    if (!reply.success) {
      state.textContent = reply.message;
      update.disabled = false;
    }
  });
  root.replaceChildren(heading, state, update);
  show();
}
