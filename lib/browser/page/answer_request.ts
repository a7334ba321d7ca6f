// Answers requests of a plugin's page, for its own plugin only. Runs anywhere.

import * as v from "valibot";
import { verbs } from "../../message/verbs.ts";
import { failureReply, withVerb } from "../../handler/failure.ts";
import { quoteName } from "../../message/plugin_name.ts";
import type { FailureReply, Reply } from "../../message/any_reply.ts";
import type { ErrorCode } from "../../message/reply.ts";
import { DEFAULT_PREFIX, requestSubject } from "../../message/subject.ts";
import type { Sandbox } from "../sandbox.ts";
import { type FrameReply, type FrameRequest, FrameRequestSchema } from "../frame/frame_message.ts";

/** Answers one message; whatever it is, there is one reply, and it never throws. */
export async function answerRequest(
  message: unknown,
  plugin: string,
  sandbox: Pick<Sandbox, "request">,
): Promise<FrameReply> {
  const parsed = v.safeParse(FrameRequestSchema, message);
  if (!parsed.success) {
    const reason = "The message is refused: expected an id, a subject and a payload of JSON text";
    return frameReply(idOf(message), refusal("INVALID_REQUEST", plugin, reason));
  }
  const { id, subject, payload } = parsed.output;
  const verb = verbs().find((each) => subject === requestSubject(DEFAULT_PREFIX, plugin, each));
  if (verb === undefined) return frameReply(id, refuse(parsed.output, plugin));
  try {
    return frameReply(id, await sandbox.request(verb, plugin, payload, "plugin"));
  } catch {
    // The sandbox is closed, or its worker has crashed. Do not reveal which.
    const reason = "The sandbox does not answer; reload the page";
    return frameReply(id, withVerb(verb, failureReply("DATABASE_UNAVAILABLE", plugin, reason)));
  }
}

/** The reply to a request that is refused because too many are waiting. */
export function tooMany(message: unknown, plugin: string, most: number): FrameReply {
  const reason = `${most} requests are waiting for their replies; wait before you send another`;
  return frameReply(idOf(message), refusal("INVALID_REQUEST", plugin, reason));
}

// Does not reveal whether another plugin exists.
function refuse({ subject }: FrameRequest, plugin: string): FailureReply {
  const own = requestSubject(DEFAULT_PREFIX, plugin, "");
  const subjects = verbs().map((verb) => requestSubject(DEFAULT_PREFIX, plugin, verb)).join(", ");
  return refusal(
    subject.startsWith(own) ? "INVALID_REQUEST" : "PLUGIN_NOT_FOUND",
    plugin,
    `The page code of "${plugin}" cannot send to ${quoteName(subject)}; it may send to ${subjects}`,
  );
}

function refusal(code: ErrorCode, plugin: string, reason: string): FailureReply {
  return withVerb(null, failureReply(code, plugin, reason));
}

function frameReply(id: number | null, reply: Reply): FrameReply {
  return { id, payload: JSON.stringify(reply) };
}

const IdSchema = v.object({ id: FrameRequestSchema.entries.id });

function idOf(message: unknown): number | null {
  const parsed = v.safeParse(IdSchema, message);
  return parsed.success ? parsed.output.id : null;
}
