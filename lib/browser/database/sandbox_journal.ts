// The journal mode of the sandbox's databases. Plain data; runs anywhere.

import type { Journal } from "../../database/database_access.ts";

/**
 * The cost in OPFS is the number of calls, each about 30 µs in Chromium. With large pages, and a
 * rollback journal that is truncated, a rebuild writes each page once. Chosen by `deno task
 * bench:browser`.
 */
export const SANDBOX_JOURNAL: Journal = { mode: "truncate", pageBytes: 16_384 };
