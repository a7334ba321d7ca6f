// Runs JSON blocks: requests are sent, replies and events are held against what came back.

import { type Schema, Validator } from "@cfworker/json-schema";
import * as v from "valibot";
import { type Verb, verbs } from "../../lib/message/verbs.ts";
import { jsonSchemaFiles } from "../support/json_schemas.ts";
import { maskMessage } from "./masks.ts";
import type { CodeBlock } from "./page.ts";
import { RIGHT, type Scene, type Verdict, wrong } from "./scene.ts";

const SCHEMAS = new Map(
  [...jsonSchemaFiles()].map(([file, text]): [string, Schema] => [file, JSON.parse(text)]),
);

/**
 * `json request=<verb> plugin=<name>` is sent, `via=nats` to the page's service; with `invalid` it must
 * not fit its JSON Schema. `json reply=<verb>` shows the answer, `json event=<name>` an event of the run.
 */
export async function runMessageBlock(block: CodeBlock, scene: Scene): Promise<Verdict> {
  const { attributes } = block;
  const request = attributes.get("request");
  if (request !== undefined) return await send(block, verbOf(request), scene);
  const reply = attributes.get("reply");
  if (reply !== undefined) {
    const name = isFailure(scene.reply) ? "failure.reply" : `${verbOf(reply)}.reply`;
    return compare(block, name, scene.reply);
  }
  const event = attributes.get("event");
  if (event !== undefined) {
    const happened = scene.events.find((each) => each.event === event);
    return compare(block, "event", happened ?? null);
  }
  return wrong("a JSON block is a request=, a reply= or an event=");
}

async function send(block: CodeBlock, verb: Verb, scene: Scene): Promise<Verdict> {
  const { attributes, text } = block;
  const plugin = attributes.get("plugin") ?? "";
  const problem = problemWith(`${verb}.request`, JSON.parse(text));
  if (attributes.has("invalid") && problem === null) return wrong("it fits its schema");
  if (!attributes.has("invalid") && problem !== null) return wrong(problem);
  if (attributes.get("via") === "nats") await scene.askService(verb, plugin, text);
  else await scene.ask(verb, plugin, text);
  return RIGHT;
}

function compare(block: CodeBlock, schema: string, actual: unknown): Verdict {
  const shown = `${JSON.stringify(actual, null, 2)}`;
  const problem = problemWith(schema, parse(block.text));
  if (problem !== null) return stale(problem, shown);
  const [expected, happened] = [parse(block.text), actual].map((each) =>
    JSON.stringify(maskMessage(each), null, 2)
  );
  return expected === happened ? RIGHT : stale(`it is not what godwit answers:\n${shown}`, shown);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function stale(problem: string, actual: string): Verdict {
  return { kind: "stale", problem, actual };
}

/** Why a message does not fit the JSON Schema of that name; `null` where it does. */
function problemWith(schema: string, message: unknown): string | null {
  const document = SCHEMAS.get(`${schema}.json`);
  if (document === undefined) throw new Error(`There is no schema ${schema}`);
  const { valid, errors } = new Validator(document, "2020-12").validate(message);
  if (valid) return null;
  const told = errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
  return `it does not fit ${schema}.json: ${told.join("; ")}`;
}

function isFailure(reply: unknown): boolean {
  return v.is(v.object({ success: v.literal(false) }), reply);
}

function verbOf(text: string): Verb {
  const verb = verbs().find((each) => each === text);
  if (verb === undefined) throw new Error(`There is no verb "${text}"`);
  return verb;
}
