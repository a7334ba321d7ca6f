// JSON Schemas of the wire contract, made from the schemas that check it. Runs anywhere.

import { type JsonSchema, type OverrideActionContext, toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { EventSchema } from "./event_schema.ts";
import {
  ApplyReplySchema,
  FailureReplySchema,
  RollbackReplySchema,
  StatusReplySchema,
} from "./reply_schema.ts";
import { ApplyRequestSchema, RollbackRequestSchema, StatusRequestSchema } from "./request.ts";

const SCHEMAS: Readonly<
  Record<string, { readonly title: string; readonly schema: v.GenericSchema }>
> = {
  "apply.request": { title: "A request to apply migrations", schema: ApplyRequestSchema },
  "apply.reply": { title: "The reply to an apply that succeeded", schema: ApplyReplySchema },
  "rollback.request": { title: "A request to roll back", schema: RollbackRequestSchema },
  "rollback.reply": {
    title: "The reply to a rollback that succeeded",
    schema: RollbackReplySchema,
  },
  "status.request": { title: "A request for a plugin's status", schema: StatusRequestSchema },
  "status.reply": { title: "The reply to a status request", schema: StatusReplySchema },
  "failure.reply": { title: "The reply to any request that failed", schema: FailureReplySchema },
  "event": { title: "An event of a run", schema: EventSchema },
};

/** Every schema by the name of its file, such as `apply.request.json`, as JSON text. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(SCHEMAS).map(([name, { title, schema }]) => {
      const { $schema, ...rest } = toJsonSchema(schema, {
        target: "draft-2020-12",
        overrideAction,
      });
      const document: JsonSchema = {
        ...($schema === undefined ? {} : { $schema }),
        title,
        ...rest,
      };
      return [`${name}.json`, `${JSON.stringify(document, null, 2)}\n`];
    }),
  );
}

// JSON Schema reads every pattern as Unicode, so the flag "u" is no loss:
// https://json-schema.org/draft/2020-12/json-schema-core#section-6.4
function overrideAction({ valibotAction, jsonSchema }: OverrideActionContext): JsonSchema | null {
  if (valibotAction.type !== "regex" || !("requirement" in valibotAction)) return null;
  const { requirement } = valibotAction;
  const isUnicode = requirement instanceof RegExp && requirement.flags === "u";
  return isUnicode ? { ...jsonSchema, pattern: requirement.source } : null;
}
