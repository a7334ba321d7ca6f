// Runs JSON blocks: requests are sent, replies and events are held against what came back.

import * as v from "valibot";
import { type Verb, VERBS } from "../../lib/handler/dispatch.ts";
import { EventSchema } from "../../lib/message/event_schema.ts";
import { FailureReplySchema } from "../../lib/message/reply_schema.ts";
import { maskMessage } from "./masks.ts";
import type { CodeBlock } from "./page.ts";
import { RIGHT, type Scene, type Verdict, wrong } from "./scene.ts";

/**
 * `json request=<verb> plugin=<name>` is sent, `via=nats` to the page's service; with `invalid` it need
 * not fit its schema. `json reply=<verb>` shows the answer, `json event=<name>` an event of the run.
 */
export async function runMessageBlock(block: CodeBlock, scene: Scene): Promise<Verdict> {
  const { attributes } = block;
  const request = attributes.get("request");
  if (request !== undefined) return await send(block, verbOf(request), scene);
  const reply = attributes.get("reply");
  if (reply !== undefined) {
    const schema = isFailure(scene.reply) ? FailureReplySchema : VERBS[verbOf(reply)].reply;
    return compare(block, schema, scene.reply);
  }
  const event = attributes.get("event");
  if (event !== undefined) {
    const happened = scene.events.find((each) => each.event === event);
    return compare(block, EventSchema, happened ?? null);
  }
  return wrong("a JSON block is a request=, a reply= or an event=");
}

async function send(block: CodeBlock, verb: Verb, scene: Scene): Promise<Verdict> {
  const { attributes, text } = block;
  const plugin = attributes.get("plugin") ?? "";
  const isValid = !attributes.has("invalid");
  if (isValid) {
    const result = v.safeParse(VERBS[verb].request, JSON.parse(text));
    if (!result.success) return wrong(`it does not fit its schema: ${describe(result.issues)}`);
  }
  if (attributes.get("via") === "nats") await scene.askService(verb, plugin, text);
  else await scene.ask(verb, plugin, text);
  return RIGHT;
}

function compare(block: CodeBlock, schema: v.GenericSchema, actual: unknown): Verdict {
  const shown = `${JSON.stringify(actual, null, 2)}`;
  const fit = v.safeParse(schema, parse(block.text));
  if (!fit.success) return stale(`it does not fit its schema: ${describe(fit.issues)}`, shown);
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

function describe(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map((issue) => `${v.getDotPath(issue) ?? "message"}: ${issue.message}`).join("; ");
}

function isFailure(reply: unknown): boolean {
  return v.is(v.object({ success: v.literal(false) }), reply);
}

function verbOf(text: string): Verb {
  if (Object.hasOwn(VERBS, text)) return v.parse(v.picklist(["apply", "rollback", "status"]), text);
  throw new Error(`There is no verb "${text}"`);
}
