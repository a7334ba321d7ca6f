// The JSON Schemas in docs/schemas, made from the schemas that check messages.

import { type JsonSchema, type OverrideActionContext, toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { FailureReplySchema } from "../../lib/message/any_reply.ts";
import { EventSchema } from "../../lib/message/event_schema.ts";
import { VERBS, verbs } from "../../lib/message/verbs.ts";

interface NamedSchema {
  readonly name: string;
  readonly title: string;
  readonly schema: v.GenericSchema;
}

const SCHEMAS: readonly NamedSchema[] = [
  ...verbs().flatMap((verb) => [
    { name: `${verb}.request`, title: `A request of ${verb}`, schema: VERBS[verb].request },
    {
      name: `${verb}.reply`,
      title: `The reply to ${verb} where it succeeded`,
      schema: VERBS[verb].reply,
    },
  ]),
  {
    name: "failure.reply",
    title: "The reply to any request that failed",
    schema: FailureReplySchema,
  },
  { name: "event", title: "An event of a run", schema: EventSchema },
];

/** Every schema by the name of its file, such as `apply.request.json`, as JSON text. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    SCHEMAS.map(({ name, title, schema }) => {
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
