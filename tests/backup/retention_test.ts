// expiredBackups(): which backups may go.

import * as assert from "uvu/assert";
import type { KnownBackup } from "../../lib/backup/backup_place.ts";
import { parseBackupName } from "../../lib/backup/backup_record.ts";
import { DEFAULT_BACKUP_RULES } from "../../lib/backup/backup_rules.ts";
import { expiredBackups } from "../../lib/backup/retention.ts";
import { suite } from "../support/suite.ts";

const retention = suite("expiredBackups()");

const ALL = { count: null, days: null, bytes: null };
const NOW_MS = Date.parse("2026-02-01T00:00:00Z");

/** A backup of each day before now, the newest first, of 100 bytes. */
function daily(count: number): readonly KnownBackup[] {
  return Array.from({ length: count }, (_, index): KnownBackup => {
    const at = new Date(NOW_MS - (index + 1) * 24 * 60 * 60 * 1000).toISOString();
    const name = `p-v${count - index}-${at.replaceAll(/[^0-9TZ]/g, "")}.sqlite3`;
    return {
      name,
      at,
      version: count - index,
      sizeBytes: 100,
      record: null,
      recordState: "missing",
    };
  });
}

const names = (backups: readonly KnownBackup[], from: number): readonly string[] =>
  backups.slice(from).map(({ name }) => name);

for (
  const [what, limits, from] of [
    ["keeps all without a limit", ALL, 5],
    ["keeps so many of the newest", { ...ALL, count: 2 }, 2],
    ["keeps the newest whatever the limits say", { count: 0, days: 0, bytes: 0 }, 1],
    ["keeps those of so many days", { ...ALL, days: 3 }, 3],
    ["keeps as many bytes", { ...ALL, bytes: 450 }, 4],
    ["removes what exceeds any limit", { count: 4, days: 4, bytes: 200 }, 2],
  ] as const
) {
  retention(what, () => {
    const backups = daily(5);
    const expired = expiredBackups("p", backups, limits, NOW_MS);
    assert.equal(expired, names(backups, from));
  });
}

retention("keeps 30 by default", () => {
  const backups = daily(40);
  assert.equal(
    expiredBackups("p", backups, DEFAULT_BACKUP_RULES.retention, NOW_MS),
    names(backups, 30),
  );
});

retention("keeps what a restore reads, and files that godwit has not named", () => {
  const backups = daily(5);
  const [, , inUse = { name: "" }] = backups;
  const [template] = backups;
  assert.ok(template);
  const own = { ...template, name: "my-copy.sqlite3", at: "2020-01-01T00:00:00.000Z" };
  const limits = { ...ALL, count: 1 };
  assert.equal(
    expiredBackups("p", [...backups, own], limits, NOW_MS, new Set([inUse.name])),
    names(backups, 1).filter((name) => name !== inUse.name),
  );
});

retention("names are those of the plugin alone", () => {
  const name = "quote-db-v12-20260131T120000001Z.sqlite3";
  assert.equal(parseBackupName("quote-db", name), { version: 12, at: "2026-01-31T12:00:00.001Z" });
  assert.is(parseBackupName("quote", name), null);
  assert.is(parseBackupName("db", name), null);
  assert.is(parseBackupName("quote-db", `${name}.json`), null);
  assert.is(parseBackupName("quote-db", "quote-db-20260131.sqlite3"), null);
});

retention.run();
