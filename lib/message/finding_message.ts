// Turns findings into their wire form. Pure; runs anywhere.

import type { Excerpt } from "../finding/excerpt.ts";
import { type Finding, FINDING_CODES, type Position, type QueryPlace } from "../finding/finding.ts";
import type { FindingMessage, QueryMessage } from "./reply.ts";

/** Writes a finding as the contract's warning or error; what is not known is left out. */
export function findingMessage(found: Finding): FindingMessage {
  return {
    level: found.level,
    message: found.message,
    migration_version: found.version,
    migration_name: found.name,
    category: FINDING_CODES[found.code],
    code: found.code,
    ...(found.about === null ? {} : { subject: found.about }),
    ...(found.accepted === null ? {} : { accepted: found.accepted }),
    ...(found.file === null ? {} : { file: found.file }),
    ...(found.position === null ? {} : found.position),
    ...(found.excerpt === null ? {} : excerptFields(found.excerpt, found.position)),
    ...(found.statement === null ? {} : { statement: found.statement }),
    ...(found.query === null ? {} : { query: queryMessage(found.query) }),
    ...(found.suggestion === null ? {} : { suggestion: found.suggestion }),
  };
}

function queryMessage({ file, position, excerpt, statement }: QueryPlace): QueryMessage {
  return { file, ...position, ...excerptFields(excerpt, position), statement };
}

function excerptFields(
  { text, column }: Excerpt,
  position: Position | null,
): Pick<QueryMessage, "excerpt" | "excerpt_column"> {
  return column === position?.column
    ? { excerpt: text }
    : { excerpt: text, excerpt_column: column };
}
