// Writes a plan as one HTML page that needs neither a network nor a script. Runs anywhere.

import { renderToString } from "preact-render-to-string";
import diagramStyle from "../diagram/diagram.css" with { type: "text" };
import tokens from "../diagram/tokens.css" with { type: "text" };
import type { FailureReply } from "../message/any_reply.ts";
import type { PlanReply } from "../message/plan_reply.ts";
import partsStyle from "./parts.css" with { type: "text" };
import reviewStyle from "./review.css" with { type: "text" };
import { PlanDocument } from "./plan_document.tsx";

const STYLE = [tokens, diagramStyle, partsStyle, reviewStyle].join("\n");

/**
 * The page of a plan, or of why there is none. `command` runs the plan; `null` where there is
 * nothing to run. The policy of the page allows its own styles and nothing else, so whatever gets
 * into it from names, SQL and rows can neither run nor load anything.
 */
export async function planPage(
  reply: PlanReply | FailureReply,
  command: string | null,
): Promise<string> {
  const policy = `default-src 'none'; style-src 'sha256-${await digestOf(STYLE)}'; ` +
    `base-uri 'none'; form-action 'none'`;
  const page = PlanDocument({ reply, command, policy, style: STYLE });
  return `<!doctype html>\n${renderToString(page)}\n`;
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toBase64();
}
