// The plugins on the nodes of a fleet, as a table. Runs in the browser.

import type { JSX } from "preact";
import { describeLabels } from "../../fleet/labels.ts";
import type { FleetRow } from "../../fleet/fleet_table.ts";
import { describeRowVersions, STAGE_WORDS } from "../model/fleet_words.ts";
import { count, describeTimeShort } from "../model/words.ts";
import { useStore } from "../state/store_context.ts";

/** One line for each plugin on each node. It scrolls in its own box. */
export function FleetTable({ rows }: { readonly rows: readonly FleetRow[] }): JSX.Element {
  return (
    <div class="table-scroll fleet-scroll" tabIndex={0} role="region" aria-label="Nodes">
      <table class="row-table fleet-table">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Plugin</th>
            <th scope="col">Version</th>
            <th scope="col">Pending</th>
            <th scope="col">Drift</th>
            <th scope="col">Rollout</th>
            <th scope="col">Last run</th>
            <th scope="col">Labels</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => <Line key={`${row.plugin} ${row.node}`} row={row} />)}
        </tbody>
      </table>
    </div>
  );
}

function Line({ row }: { readonly row: FleetRow }): JSX.Element {
  const { node } = useStore().state.value;
  const { databases, behind, target, drifted, last_run, stage, trouble } = row;
  const isHere = node.kind === "joined" && node.node === row.node;
  return (
    <tr data-online={row.online}>
      <th scope="row">
        <span class="dot" data-on={row.online} aria-hidden="true" />
        {row.node}
        <span class="unseen">{row.online ? "online" : "offline"}</span>
        {isHere && <span class="badge badge-plain">this browser</span>}
      </th>
      <td>{row.plugin}</td>
      <td>
        {describeRowVersions(row)}
        {databases > 1 && <span class="quiet">{` · ${databases} databases`}</span>}
      </td>
      <td>
        {behind === 0 ? <span class="quiet">none</span> : (
          <span class="fleet-behind">
            {databases === 1 ? `to ${target}` : `${behind} to ${target}`}
          </span>
        )}
      </td>
      <td>{describeDrift(drifted)}</td>
      <td>
        {stage === null ? <span class="quiet">none</span> : STAGE_WORDS[stage]}
        {trouble !== null && <span class="problem-text">{` · ${trouble}`}</span>}
      </td>
      <td>
        {last_run === null
          ? <span class="quiet">never</span>
          : <time dateTime={last_run}>{describeTimeShort(last_run)}</time>}
      </td>
      <td class="quiet">{describeLabels(row.labels)}</td>
    </tr>
  );
}

/** A node without files of the plugin has nothing to compare its databases with. */
function describeDrift(drifted: FleetRow["drifted"]): JSX.Element {
  if (drifted === null) return <span class="quiet">no files</span>;
  return drifted === 0
    ? <span class="quiet">none</span>
    : <span class="fleet-behind">{count(drifted, "database")}</span>;
}
