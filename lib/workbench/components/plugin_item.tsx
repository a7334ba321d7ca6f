// One plugin of the list: its version, what is pending, and its problems. Runs in the browser.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { PluginEntry } from "../../browser/sandbox.ts";
import type { Reply } from "../../message/any_reply.ts";
import { formatRoute, START } from "../model/route.ts";
import { statusOf } from "../state/store.ts";
import { useStore } from "../state/store_context.ts";
import { Icon } from "./icon.tsx";

const ORIGINS: Readonly<Record<PluginEntry["origin"], string>> = {
  bundle: "bundle",
  http: "server",
  saved: "saved",
};

/** A link to a plugin. */
export function PluginItem({ entry }: { readonly entry: PluginEntry }): JSX.Element {
  const store = useStore();
  const isShown = store.route.value.plugin === entry.name && store.fleetPlace.value === null;
  const reply = store.statuses.value.get(entry.name);
  const status = statusOf(reply);
  const isRunning = store.running.value.has(entry.name);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    // On a narrow page the plugins are a strip, which scrolls.
    const strip = link.current?.closest("ul");
    const item = link.current?.parentElement;
    if (!isShown || strip == null || item == null) return;
    const { left, right } = strip.getBoundingClientRect();
    const box = item.getBoundingClientRect();
    if (box.left < left) strip.scrollLeft -= left - box.left;
    else if (box.right > right) strip.scrollLeft += box.right - right;
  }, [isShown]);
  return (
    <li>
      <a
        ref={link}
        class="plugin-item"
        href={formatRoute({ ...START, plugin: entry.name })}
        aria-current={isShown ? "page" : undefined}
      >
        <span class="plugin-name">{entry.name}</span>
        <span class="plugin-facts">
          <span>{status === null ? "…" : `version ${status.current_version}`}</span>
          <span>{ORIGINS[entry.origin]}</span>
        </span>
        <span class="plugin-marks">
          {hasProblem(reply) && (
            <span class="problem-mark">
              <Icon name="warning" />
              <span class="unseen">has problems</span>
            </span>
          )}
          {isRunning
            ? <span class="badge">running</span>
            : status !== null && status.pending_count > 0 && (
              <span class="badge">
                {status.pending_count}
                <span class="unseen">pending</span>
              </span>
            )}
        </span>
      </a>
    </li>
  );
}

function hasProblem(reply: Reply | undefined): boolean {
  if (reply === undefined) return false;
  const status = statusOf(reply);
  if (status === null) return true;
  return status.failed_migrations.length > 0 || status.checksum_warnings.length > 0 ||
    status.pending_warnings.some(({ level }) => level === "ERROR");
}
