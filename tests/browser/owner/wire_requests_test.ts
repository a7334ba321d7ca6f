// WireRequests: what tabs are told of runs, and when.

import * as assert from "uvu/assert";
import type { SandboxEvent } from "../../../lib/browser/sandbox.ts";
import { WireRequests } from "../../../lib/browser/owner/wire_requests.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { suite } from "../../support/suite.ts";
import { Workspace } from "../../support/workspace.ts";

const requests = suite("WireRequests");

requests(
  "a page that asks as soon as the database has changed is told what is there now",
  async () => {
    await using workspace = new Workspace();
    workspace.write("told", { "001_a.sql": migrationFile("CREATE TABLE a (b);", "DROP TABLE a;") });
    const { context } = await workspace.migrator();
    const events: SandboxEvent[] = [];
    const asked: Promise<unknown>[] = [];
    const wire = new WireRequests({
      ...context,
      emit(event) {
        events.push(event);
        if (event.kind === "database") asked.push(wire.request("status", "told", "{}"));
      },
    });
    await wire.request("apply", "told", '{"dry_run":true}');
    assert.is(asked.length, 0, "a dry run changes nothing");
    await wire.request("apply", "told", "{}");
    const [status, ...others] = await Promise.all(asked);
    assert.equal(others, []);
    assert.match(JSON.stringify(status), /"current_version":1,.*"locked":false/);
    const kinds = events.flatMap((each) =>
      each.kind === "run" ? [each.event.event] : each.kind === "database" ? ["database"] : []
    );
    assert.equal(kinds.slice(-2), ["run_finished", "database"]);
  },
);

requests.run();
