// Writes the migrations that the benchmarks apply: each makes a table with an index and two rows.

import { join } from "node:path";
import { migrationFile } from "../support/migration_file.ts";

/** A migration, in no tool's format yet. */
export interface BenchMigration {
  /** `0001_create_t1`: sorts by version. */
  readonly name: string;
  readonly up: string;
  readonly down: string;
}

/** The text of a file in the format of one tool. */
export type FileFormat = (migration: BenchMigration) => string;

/** Small migrations, from version 1; the names of their tables begin with `prefix`. */
export function smallMigrations(count: number, prefix = "t"): readonly BenchMigration[] {
  return Array.from({ length: count }, (_, index) => {
    const table = `${prefix}${index + 1}`;
    return {
      name: `${String(index + 1).padStart(4, "0")}_create_${table}`,
      up: `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE INDEX ${table}_name ON ${table} (name);
INSERT INTO ${table} (name) VALUES ('one'), ('two');`,
      down: `DROP TABLE ${table};`,
    };
  });
}

/** Writes a file for each migration into a directory, which is made. */
export function writeMigrations(
  directory: string,
  migrations: readonly BenchMigration[],
  format: FileFormat,
): void {
  Deno.mkdirSync(directory, { recursive: true });
  for (const migration of migrations) {
    Deno.writeTextFileSync(join(directory, `${migration.name}.sql`), format(migration));
  }
}

/** Writes a plugin of godwit. */
export function writePlugin(
  root: string,
  plugin: string,
  migrations: readonly BenchMigration[],
): void {
  const directory = join(root, "plugins", plugin, "migrations");
  writeMigrations(directory, migrations, ({ up, down }) => migrationFile(up, down));
}

/** The options that name the directories of plugins and databases under `root`. */
export function directoryOptions(root: string): readonly string[] {
  return ["--plugins", join(root, "plugins"), "--data", join(root, "data")];
}

/** The path of the database of a plugin under `root`. */
export function databaseOf(root: string, plugin: string): string {
  return join(root, "data", `${plugin}.sqlite3`);
}
