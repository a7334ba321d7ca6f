// A request and its reply. Runs in the browser.

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import type { WireMessage } from "../../browser/sandbox.ts";
import {
  type Exchange,
  exchangeMs,
  prettyPayload,
  type ReplyVerdict,
  verdictOf,
} from "../model/wire_log.ts";
import { describeDuration, describeTimeOfDay } from "../model/words.ts";
import { CopyButton } from "./copy_button.tsx";

const VERDICTS: Readonly<Record<ReplyVerdict, string>> = {
  waiting: "waiting",
  success: "success",
  failure: "failure",
  unreadable: "not JSON",
};

/** One line, which expands to both payloads. */
export function WireEntry({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const isOpen = useSignal(false);
  const { request, reply, subject, via } = exchange;
  const verdict = verdictOf(exchange);
  const ms = exchangeMs(exchange);
  const at = (request ?? reply)?.at ?? "";
  return (
    <li>
      <details class="wire-entry" onToggle={(event) => isOpen.value = event.currentTarget.open}>
        <summary>
          <time class="quiet" dateTime={at}>{describeTimeOfDay(at)}</time>
          <code class="wire-subject">{subject}</code>
          <span class="badge badge-plain">{via}</span>
          <span class="verdict" data-verdict={verdict}>{VERDICTS[verdict]}</span>
          <span class="quiet wire-ms">{ms === null ? "" : describeDuration(ms)}</span>
        </summary>
        {isOpen.value && (
          <div class="wire-payloads">
            <Payload title="Request" message={request} />
            <Payload title="Reply" message={reply} />
          </div>
        )}
      </details>
    </li>
  );
}

function Payload(
  { title, message }: { readonly title: string; readonly message: WireMessage | null },
): JSX.Element {
  const text = message === null ? null : prettyPayload(message.payload);
  return (
    <section class="payload" aria-label={title}>
      <div class="section-bar">
        <h4 class="section-heading">{title}</h4>
        {text !== null && <CopyButton text={text} what={title.toLowerCase()} />}
      </div>
      {text === null ? <p class="quiet">None</p> : <pre tabIndex={0}>{text}</pre>}
    </section>
  );
}
