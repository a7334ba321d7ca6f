// The entry of the page: opens the sandbox, then loads the rest of the page while the sandbox
// starts. Runs in the browser.

import { openSandbox } from "../browser/mod.ts";

const ROOT = "page_root.js";

const opening = openSandbox({
  workerUrl: new URL("./sandbox_worker.js", import.meta.url),
  manifest: new URL("./plugins/manifest.json", import.meta.url),
});
// The page handles it, once it is loaded.
opening.catch(() => {});

try {
  const { showPage } = await import("./page_root.tsx");
  showPage(opening);
} catch (error) {
  console.warn(error);
  showProblem(`${ROOT} cannot be loaded from the server of this page`);
}

/** Without the code that shows a page. */
function showProblem(message: string): void {
  const text = document.createElement("p");
  text.textContent = `The page could not start. ${message}`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Try again";
  button.addEventListener("click", () => location.reload());
  const notice = document.createElement("div");
  notice.className = "page-waiting";
  notice.setAttribute("role", "alert");
  notice.append(text, button);
  document.getElementById("page")?.replaceChildren(notice);
}
