// Writes log lines to standard error: for people, or as JSON for programs.

import type { Log } from "../handler/context.ts";
import type { Console } from "./console.ts";

/** How bad something must be to be logged. */
export type LogLevel = Parameters<Log>[0];

/** The levels, the mildest first. */
export const LOG_LEVELS: readonly LogLevel[] = ["info", "warn", "error"];

/** A log of this process. With `json` each line is an object with `time`, `level` and `message`. */
export function processLog(console: Console, json: boolean, least: LogLevel): Log {
  const logged = LOG_LEVELS.slice(LOG_LEVELS.indexOf(least));
  return (level, message, fields = {}) => {
    if (!logged.includes(level)) return;
    const time = new Date().toISOString();
    if (json) {
      console.err(JSON.stringify({ time, level, message, ...fields }));
      return;
    }
    const details = Object.entries(fields).map(([name, value]) => `${name}=${quote(value)}`);
    console.err([time, level.toUpperCase().padEnd(5), message, ...details].join(" "));
  };
}

// Quoted if it would run into the next field or break the line.
function quote(value: unknown): string {
  return typeof value === "string" && /^[^\s"=\p{Cc}]+$/u.test(value)
    ? value
    : JSON.stringify(value) ?? "undefined";
}
