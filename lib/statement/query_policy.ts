// Decides which statements of a plugin's code can be checked by preparing them. Pure; runs anywhere.

import { isReserved } from "../plan/reserved_names.ts";
import type { Access } from "../sqlite/access.ts";
import { isAllowedPragma } from "./policy.ts";

/**
 * Says why a statement that does this is no query: it acts on the connection, or on what belongs to
 * migrations. `null` where it may be one.
 */
export function whyNotAQuery(access: Access): string | null {
  switch (access.kind) {
    case "transaction":
    case "savepoint":
      return "it controls a transaction";
    case "attach":
    case "detach":
      return `${access.kind.toUpperCase()} works on another database`;
    case "pragma":
      return isAllowedPragma(access.name, access.argument)
        ? null
        : `PRAGMA ${access.name} acts on the connection`;
    case "create":
    case "drop":
      return access.temporary
        ? "what uses a temporary object works on one connection alone"
        : "it changes the schema, which is for migrations";
    case "alter-table":
      return "it changes the schema, which is for migrations";
    case "insert":
    case "update":
    case "delete":
      return isReserved(access.table) ? `"${access.table}" belongs to godwit` : null;
    case "read":
    case "function":
    case "other":
      return null;
  }
  access satisfies never;
  return null;
}
