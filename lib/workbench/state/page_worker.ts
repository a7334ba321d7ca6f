// The worker that lays out diagrams and compares schemas; started when it is first needed. Runs in
// the browser.

import * as Comlink from "comlink";
import { startWorker } from "../../browser/start_worker.ts";
import { Ending } from "../../database/ending.ts";
import type { Detail } from "../../diagram/box_size.ts";
import type { Diagram } from "../../diagram/diagram.ts";
import type { DiagramLayout } from "../../diagram/diagram_layout.ts";
import { type Outcome, reasonOf } from "../../outcome.ts";
import type { Schema } from "../../sqlite/schema.ts";
import type { DiffNames } from "../../unified_diff.ts";
import type { PageWorker } from "../worker/page_worker.ts";

const FILE = "page_worker.js";

interface Started {
  readonly calls: Comlink.Remote<PageWorker>;
  readonly broken: Ending;
}

let started: Started | null = null;

/** Starts the worker, unless it is started. */
export function startPageWorker(): void {
  started ??= start();
}

/** Lays out a diagram. Fails if the worker cannot be loaded. */
export function layoutOffThread(diagram: Diagram, detail: Detail): Promise<Outcome<DiagramLayout>> {
  return call((worker) => worker.layout(diagram, detail));
}

/** The unified difference of two schemas. Fails if the worker cannot be loaded. */
export function differenceOffThread(
  before: Schema,
  after: Schema,
  names: DiffNames,
): Promise<Outcome<string>> {
  return call((worker) => worker.difference(before, after, names));
}

async function call<T>(
  action: (worker: Comlink.Remote<PageWorker>) => Promise<T>,
): Promise<Outcome<T>> {
  const { calls, broken } = started ??= start();
  try {
    return { ok: true, value: await broken.before(action(calls)) };
  } catch (error) {
    return { ok: false, code: "page-worker", message: reasonOf(error) };
  }
}

function start(): Started {
  const worker = startWorker(new URL(`./${FILE}`, document.baseURI), "godwit page");
  const broken = new Ending();
  worker.addEventListener("error", ({ message }) => {
    // The next call tries again.
    started = null;
    worker.terminate();
    broken.fail(new Error(message || `${FILE} cannot be loaded from the server of this page`));
  });
  return { calls: Comlink.wrap<PageWorker>(worker), broken };
}
