// Registers the service worker, so that the page opens without a network. Runs in the browser.

import { trustedScriptUrl } from "../../browser/start_worker.ts";

/**
 * Registers the service worker, if the browser has service workers. Some private windows do not.
 */
export async function registerServiceWorker(): Promise<void> {
  try {
    const url = trustedScriptUrl(new URL("./service_worker.js", import.meta.url));
    await navigator.serviceWorker.register(url);
  } catch (error) {
    console.warn("The page will not open without a network:", error);
  }
}
