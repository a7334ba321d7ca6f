// Has the page kept, so that it opens without a network. Runs in the browser.

import { trustedScriptUrl } from "../../browser/start_worker.ts";

/** Registers the service worker. Where browsers have none, as in private windows, nothing is kept. */
export async function keepPage(): Promise<void> {
  try {
    const url = trustedScriptUrl(new URL("./service_worker.js", import.meta.url));
    await navigator.serviceWorker.register(url);
  } catch (error) {
    console.warn("The page will not open without a network:", error);
  }
}
