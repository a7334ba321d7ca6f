// mergeFindings(): what status and the rehearsal of the files say, once.

import * as assert from "uvu/assert";
import { mergeFindings } from "../../../lib/workbench/model/findings.ts";
import type { FindingMessage } from "../../../lib/message/reply.ts";
import { suite } from "../../support/suite.ts";

const merged = suite("mergeFindings()");

const LOST: FindingMessage = {
  level: "WARNING",
  code: "lost-index",
  category: "sqlite",
  message: "Loses an index",
  migration_version: 2,
  migration_name: "x",
  file: "002_x.sql",
};

merged("a finding of both keeps the message of the first and the suggestion of either", () => {
  const suggestion = { up: "SELECT 1;", down: "SELECT 2;" };
  assert.equal(mergeFindings([LOST], [{ ...LOST, suggestion }]), [{ ...LOST, suggestion }]);
  assert.equal(mergeFindings([{ ...LOST, suggestion }], [LOST]), [{ ...LOST, suggestion }]);
  const counted = { ...LOST, line: 3, message: "Loses an index with 5 rows" };
  assert.equal(mergeFindings([counted], [{ ...LOST, line: 3 }]), [counted]);
});

merged.run();
