// The worker thread that runs the SQL of one plugin. For browsers.

import * as Comlink from "comlink";
import { memoryEnvironment } from "./memory_environment.ts";
import { opfsEnvironment } from "./opfs_environment.ts";
import { SandboxHost } from "./sandbox_host.ts";

Comlink.expose(
  new SandboxHost((module, storage) =>
    storage.kind === "opfs" ? opfsEnvironment(module, storage.directory) : memoryEnvironment(module)
  ),
);
