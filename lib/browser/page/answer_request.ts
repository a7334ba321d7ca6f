// Answers what a plugin's page code asks: requests of the wire contract, for its own plugin alone. Runs
// anywhere.

import * as v from "valibot";
import type { Verb } from "../../handler/dispatch.ts";
import { failureReply } from "../../handler/failure.ts";
import { quoteName } from "../../message/plugin_name.ts";
import type { FailureReply, Reply } from "../../message/reply.ts";
import { DEFAULT_PREFIX, requestSubject } from "../../message/subject.ts";
import type { Sandbox } from "../sandbox.ts";
import { type FrameReply, type FrameRequest, FrameRequestSchema } from "../frame/frame_message.ts";

const VERBS: Readonly<Record<Verb, true>> = { apply: true, rollback: true, status: true };

/** Answers one message; whatever it is, there is one reply, and it never throws. */
export async function answerRequest(
  message: unknown,
  plugin: string,
  sandbox: Pick<Sandbox, "request">,
): Promise<FrameReply> {
  const parsed = v.safeParse(FrameRequestSchema, message);
  if (!parsed.success) {
    const reason = "The message is refused: expected an id, a subject and a payload of JSON text";
    return frameReply(idOf(message), failureReply("INVALID_REQUEST", plugin, reason));
  }
  const { id, subject, payload } = parsed.output;
  const verb = verbs().find((each) => subject === requestSubject(DEFAULT_PREFIX, plugin, each));
  if (verb === undefined) return frameReply(id, refuse(parsed.output, plugin));
  try {
    return frameReply(id, await sandbox.request(verb, plugin, payload, "plugin"));
  } catch {
    // The sandbox is closed, or its worker has crashed; neither is the plugin's to know.
    const reason = "The sandbox does not answer; reload the page";
    return frameReply(id, failureReply("DATABASE_UNAVAILABLE", plugin, reason));
  }
}

/** The reply to a request that is not carried out, for there are too many already. */
export function tooMany(message: unknown, plugin: string, most: number): FrameReply {
  const reason = `There are ${most} requests without a reply; wait for one before the next`;
  return frameReply(idOf(message), failureReply("INVALID_REQUEST", plugin, reason));
}

// Whether there is another plugin of that name is not to be learned here.
function refuse({ subject }: FrameRequest, plugin: string): FailureReply {
  const own = requestSubject(DEFAULT_PREFIX, plugin, "");
  const subjects = verbs().map((verb) => requestSubject(DEFAULT_PREFIX, plugin, verb)).join(", ");
  return failureReply(
    subject.startsWith(own) ? "INVALID_REQUEST" : "PLUGIN_NOT_FOUND",
    plugin,
    `The page code of "${plugin}" cannot ask ${quoteName(subject)}; it may ask ${subjects}`,
  );
}

function frameReply(id: number | null, reply: Reply): FrameReply {
  return { id, payload: JSON.stringify(reply) };
}

const IdSchema = v.object({ id: FrameRequestSchema.entries.id });

function idOf(message: unknown): number | null {
  const parsed = v.safeParse(IdSchema, message);
  return parsed.success ? parsed.output.id : null;
}

function verbs(): readonly Verb[] {
  return Object.keys(VERBS).filter((verb): verb is Verb => verb in VERBS);
}
