// The messages between a plugin's page and the page that holds its frame. Pure; runs anywhere.

import * as v from "valibot";
import type { Reply } from "../../message/any_reply.ts";
import { MAX_REQUEST_BYTES } from "../../message/parse_request.ts";
import type { Verb } from "../../message/verbs.ts";

/** The longest subject that is accepted; every valid one is shorter. */
const MAX_SUBJECT_LENGTH = 200;

/** A request of the wire contract, with an id for its reply. */
export const FrameRequestSchema = v.strictObject({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  subject: v.pipe(v.string(), v.maxLength(MAX_SUBJECT_LENGTH)),
  /** JSON text. */
  payload: v.pipe(v.string(), v.maxLength(MAX_REQUEST_BYTES)),
});

/** A reply. `id` is null if the request had no valid id. */
export const FrameReplySchema = v.strictObject({
  id: v.nullable(v.number()),
  payload: v.string(),
});

/** The schema of a reply's payload, which the page that hosts the frame wrote. */
export function replyText<V extends Verb>(): v.GenericSchema<unknown, Reply<V>> {
  return v.pipe(
    v.string(),
    v.parseJson(),
    v.custom<Reply<V>>((value) =>
      typeof value === "object" && value !== null && "success" in value
    ),
  );
}

/** The first message to the frame. It transfers the port for all others. */
export const FrameStartSchema = v.strictObject({
  kind: v.literal("godwit-plugin-frame"),
  plugin: v.string(),
  /** The page code: one ES module without imports that exports `start`. */
  code: v.string(),
});

export type FrameRequest = v.InferOutput<typeof FrameRequestSchema>;
export type FrameReply = v.InferOutput<typeof FrameReplySchema>;
export type FrameStart = v.InferOutput<typeof FrameStartSchema>;
