// Sends a request to a running service over NATS.

import { sleep } from "../../deadline.ts";
import { parseReply, type Reply } from "../../message/any_reply.ts";
import { DEFAULT_TIMEOUT_MS } from "../../message/request.ts";
import { VERBS } from "../../message/verbs.ts";
import { requestRemotely } from "../../nats/remote_request.ts";
import type { CommonOptions, Environment } from "../command.ts";
import type { Console } from "../console.ts";
import { credentialsFrom } from "../credentials.ts";
import type { Question } from "./question.ts";
import { announcedSignals } from "./stop_signals.ts";

// The reply to a run comes at its end; any other request is answered at once.
const READ_TIMEOUT_MS = 10_000;
const REPLY_MARGIN_MS = 10_000;
const CANCEL_AGAIN_MS = 500;

/** Waits for the reply; a message says why there is none. Ctrl-C cancels the run over there. */
export async function askService(
  { verb, plugin, request }: Question,
  options: CommonOptions,
  url: string,
  console: Console,
  environment: Environment,
): Promise<
  { readonly ok: true; readonly reply: Reply } | { readonly ok: false; readonly message: string }
> {
  const credentials = await credentialsFrom(environment);
  if (!credentials.ok) return credentials;
  const runTimeoutMs = "timeout_ms" in request ? request.timeout_ms : undefined;
  const { duration } = VERBS[verb];
  const timeoutMs = duration === "short"
    ? READ_TIMEOUT_MS
    : (runTimeoutMs ?? DEFAULT_TIMEOUT_MS) + REPLY_MARGIN_MS;
  const settings = { url, credentials: credentials.credentials };
  const { prefix } = options;
  // The service runs it, so the service cancels it.
  using signals = duration === "run" ? announcedSignals(options, console) : null;
  const run = signals === null ? {} : { run_id: crypto.randomUUID() };
  const tenant = "tenant" in request ? { tenant: request.tenant } : {};
  const over = new AbortController();
  signals?.asked.addEventListener("abort", async () => {
    const cancel = { prefix, plugin, verb: "cancel", body: { ...tenant, ...run } };
    // The request for the run may not have reached the service yet.
    while (!over.signal.aborted) {
      await requestRemotely(settings, { ...cancel, timeoutMs: READ_TIMEOUT_MS });
      await sleep(CANCEL_AGAIN_MS, over.signal);
    }
  });
  const body = { ...request, ...run };
  const answer = await requestRemotely(settings, { prefix, plugin, verb, body, timeoutMs });
  over.abort();
  if (!answer.ok) return answer;
  const reply = parseReply(answer.reply);
  return reply === null
    ? {
      ok: false,
      message: "Cannot read the reply of the service; use the same version of godwit on both sides",
    }
    : { ok: true, reply };
}
