// Turns findings into their wire form. Pure; runs anywhere.

import { type Finding, FINDING_CODES } from "../finding/finding.ts";
import type { FindingMessage } from "./reply.ts";

/** Writes a finding as the contract's warning or error; what is not known is left out. */
export function findingMessage(found: Finding): FindingMessage {
  return {
    level: found.level,
    message: found.message,
    migration_version: found.version,
    migration_name: found.name,
    category: FINDING_CODES[found.code],
    code: found.code,
    ...(found.file === null ? {} : { file: found.file }),
    ...(found.position === null ? {} : found.position),
    ...(found.excerpt === null ? {} : { excerpt: found.excerpt }),
    ...(found.statement === null ? {} : { statement: found.statement }),
  };
}
