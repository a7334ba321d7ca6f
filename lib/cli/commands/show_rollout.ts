// `rollout status`: draws a rollout once, or again after every change.

import { overviewOf } from "../../fleet/overview.ts";
import { seenNodes } from "../../fleet/seen_nodes.ts";
import { RolloutPicture } from "../render/rollout_picture.ts";
import type { ExitStatus } from "./exit_status.ts";
import { nodesOf, noRollout, printJson, type Session, statusOf } from "./fleet_session.ts";

/**
 * Prints the rollout of a plugin; with `watch` until Ctrl-C. Throws `FleetStoreError` where it cannot
 * be read any more, as after its bucket was deleted.
 */
export async function showRollout(
  plugin: string,
  watch: boolean,
  session: Session,
): Promise<ExitStatus> {
  const { store, options, console, signals } = session;
  const stored = await store.rollouts.get(plugin);
  if (stored === null) return noRollout(plugin, session);
  const nodes = await nodesOf(plugin, store);
  const picture = new RolloutPicture(console);
  if (options.json) printJson(stored.value, nodes, console);
  else picture.draw(stored.value, overviewOf(stored.value, nodes));
  if (!watch) return statusOf(stored.value);
  let last = stored.value;
  const over = Promise.withResolvers<void>();
  const look = (): void => {
    const problem = rollouts.problem ?? reports.problem ?? presence.problem;
    if (problem !== null) return over.reject(problem);
    last = rollouts.entries.get(plugin)?.value ?? last;
    const seen = seenNodes(reports, presence, null, store);
    if (options.json) printJson(last, seen, console);
    else picture.draw(last, overviewOf(last, seen));
  };
  // Followed one after another; none calls back before all are there.
  let isReady = false;
  const changed = (): void => {
    if (isReady) look();
  };
  await using reports = await store.reports.follow(`*.${plugin}`, changed);
  await using presence = await store.presence.follow("*", changed);
  await using rollouts = await store.rollouts.follow(plugin, changed);
  isReady = true;
  look();
  if (signals.asked.aborted) over.resolve();
  signals.asked.addEventListener("abort", () => over.resolve());
  await over.promise;
  return statusOf(last);
}
