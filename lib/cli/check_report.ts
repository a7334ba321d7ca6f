// What `check` found, for people and for programs. Types alone.

import type { FindingMessage } from "../message/reply.ts";

/** The files of one plugin. */
export interface PluginReport {
  readonly plugin_name: string;
  readonly migrations: number;
  readonly query_files: number;
  readonly errors: readonly FindingMessage[];
  readonly warnings: readonly FindingMessage[];
  /** With --since alone: the files that differ, in order. */
  readonly checked?: readonly string[];
  /** With --fix alone: what was to be written. */
  readonly fixes?: readonly ReportedFix[];
}

/** A file that --fix would change, or has changed. */
export interface ReportedFix {
  readonly file: string;
  readonly written: boolean;
  /** Why it was not written. */
  readonly reason?: string;
  readonly diff?: string;
}
