// What a plugin's page code and the page that hosts it say to each other. Pure; runs anywhere.

import * as v from "valibot";
import type { Reply } from "../../message/any_reply.ts";
import { MAX_REQUEST_BYTES } from "../../message/request.ts";
import type { Verb } from "../../message/verbs.ts";

/** The longest subject that is read; every valid one is shorter. */
const MAX_SUBJECT_LENGTH = 200;

/** A request of the wire contract, as NATS carries it, with a number that its reply repeats. */
export const FrameRequestSchema = v.strictObject({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  subject: v.pipe(v.string(), v.maxLength(MAX_SUBJECT_LENGTH)),
  /** JSON, as over the wire. */
  payload: v.pipe(v.string(), v.maxLength(MAX_REQUEST_BYTES)),
});

/** Its reply; `id` is null where the request had none that can be repeated. */
export const FrameReplySchema = v.strictObject({
  id: v.nullable(v.number()),
  payload: v.string(),
});

/** The schema of a reply's payload. The page that hosts the frame wrote it, so no more is checked. */
export function replyText<V extends Verb>(): v.GenericSchema<unknown, Reply<V>> {
  return v.pipe(
    v.string(),
    v.parseJson(),
    v.custom<Reply<V>>((value) =>
      typeof value === "object" && value !== null && "success" in value
    ),
  );
}

/** What the page says once, with a port for everything else. */
export const FrameStartSchema = v.strictObject({
  kind: v.literal("godwit-plugin-frame"),
  plugin: v.string(),
  /** The text of the plugin's page code: one ES module without imports, with the export `start`. */
  code: v.string(),
});

export type FrameRequest = v.InferOutput<typeof FrameRequestSchema>;
export type FrameReply = v.InferOutput<typeof FrameReplySchema>;
export type FrameStart = v.InferOutput<typeof FrameStartSchema>;
