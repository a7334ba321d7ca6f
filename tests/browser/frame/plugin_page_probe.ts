// The smallest page that hosts a plugin: the sandbox and the plugin's page code. For plugin_page_test.ts.

import { openPluginFrame, openSandbox } from "../../../lib/browser/mod.ts";

const sandbox = await openSandbox({
  workerUrl: new URL("sandbox_worker.js", location.href),
  manifest: new URL("plugins/manifest.json", location.href),
});
const plugins = await sandbox.plugins();
for (const { name, page } of plugins) {
  if (page === null) continue;
  openPluginFrame({
    plugin: name,
    page,
    frameUrl: new URL("plugin_frame.html", location.href),
    parent: document.body,
    sandbox,
  });
}
