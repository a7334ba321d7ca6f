// The status of an earlier visit: kept, read again, and shown without what it no longer says.

import * as assert from "uvu/assert";
import { formatSeen, parseSeen, statusOfSeen } from "../../../lib/workbench/model/seen_status.ts";
import { suite } from "../../support/suite.ts";
import { findingOf, statusReply } from "./sample.ts";

const seen = suite("the status of an earlier visit");

const PLUGINS = [{ name: "notes", origin: "saved", page: null }] as const;
const STATUS = statusReply([1, 2], [3], {
  pending_warnings: [findingOf("drop-table", 3)],
  locked: true,
});

seen("comes back as it was, but for findings and a run", () => {
  const text = formatSeen({ plugins: PLUGINS, plugin: "notes", status: STATUS });
  const read = parseSeen(text ?? "");
  if (read === null) throw new Error("it is not read");
  assert.equal(read.plugins, PLUGINS);
  assert.equal(statusOfSeen(read), { ...STATUS, pending_warnings: [], locked: false });
});

seen("is not read from something else", () => {
  for (const text of ["", "{", "[]", "{}", '{"plugins":[],"plugin":"notes","status":{}}']) {
    assert.is(parseSeen(text), null, text);
  }
});

seen("is not kept where it is too long to be read at every start", () => {
  const applied = Array.from({ length: 2_000 }, () => STATUS.applied_migrations).flat();
  const status = { ...STATUS, applied_migrations: applied };
  assert.is(formatSeen({ plugins: PLUGINS, plugin: "notes", status }), null);
});

seen.run();
