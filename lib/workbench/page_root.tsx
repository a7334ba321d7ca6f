// Renders the page. Runs in the browser.

import { render } from "preact";
import type { Sandbox } from "../browser/sandbox.ts";
import { App } from "./components/app.tsx";
import { registerServiceWorker } from "./offline/register_service_worker.ts";
import { guardDrafts } from "./state/draft.ts";
import { followAddress } from "./state/follow_address.ts";
import { followFleet } from "./state/fleet.ts";
import { keepFocus } from "./state/keep_focus.ts";
import { showLastSeen } from "./state/last_seen.ts";
import { followOtherSchemas } from "./state/schema_draft.ts";
import { start } from "./state/start.ts";
import { StoreContext } from "./state/store_context.ts";
import { createStore } from "./state/store.ts";
import { restoreTheme } from "./state/theme.ts";

/** Shows what was seen last, until the sandbox is open. */
export function showPage(opening: Promise<Sandbox>): void {
  const store = createStore();
  restoreTheme(store);
  followAddress(store);
  showLastSeen(store);
  keepFocus();
  guardDrafts(store);
  followOtherSchemas(store);
  followFleet(store);

  const root = document.getElementById("page");
  if (root === null) throw new Error("index.html has no element #page");
  render(
    <StoreContext.Provider value={store}>
      <App />
    </StoreContext.Provider>,
    root,
  );

  void start(store, opening);

  // A page restored from the back-forward cache has lost its worker.
  addEventListener("pageshow", (event) => {
    if ("persisted" in event && event.persisted) location.reload();
  });

  void registerServiceWorker();
}
