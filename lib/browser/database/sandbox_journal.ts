// How the sandbox's databases keep their journal. Plain data; runs anywhere.

import type { Journal } from "../../worker/worker_database.ts";

/**
 * In OPFS what counts is the number of calls, each about 30 µs in Chromium: with large pages, and a
 * rollback journal that is cut to nothing, a rebuild writes each page once. Chosen by
 * `deno task bench:browser`.
 */
export const SANDBOX_JOURNAL: Journal = { mode: "truncate", pageBytes: 16_384 };
