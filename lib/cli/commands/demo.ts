// `demo`: what godwit does, told by its own commands on a plugin of its own.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CAREFUL_FILE, CARELESS_FILE, FIRST_FILES, LAST_FILE, PLUGIN } from "../demo_plugin.ts";
import type { Console } from "../console.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";

/** Runs a command line; `main()` of the command line. */
type Run = (args: readonly string[]) => Promise<ExitStatus>;

/** A sentence, and the command that shows it. */
interface Scene {
  readonly says: string;
  /** The text that is written to the last file first. */
  readonly file?: string;
  readonly args: readonly string[];
  /** What the command exits with; 0 if it is missing. */
  readonly exit?: ExitStatus;
}

const SCENES: readonly Scene[] = [
  {
    says: "A bot keeps quotes. Its plugin has two migrations; there is no database yet.",
    args: ["status", PLUGIN],
  },
  {
    says: "Apply them. Each commits together with its record, or not at all.",
    args: ["apply", PLUGIN, "--by", "demo"],
  },
  {
    says: "The next file deletes a quote, and a foreign key would silently delete its votes.\n" +
      "godwit refuses it: everything is undone, and the database is at version 2.",
    file: CARELESS_FILE,
    args: ["apply", PLUGIN, "--by", "demo"],
    exit: EXIT.failure,
  },
  {
    says: "Now the file says that the votes go too. A dry run executes it on the real rows,\n" +
      "counts what is lost, and undoes everything.",
    file: CAREFUL_FILE,
    args: ["apply", PLUGIN, "--dry-run"],
  },
  {
    says: "Apply it. Before a step that loses rows, godwit makes a backup and reads it back.",
    args: ["apply", PLUGIN, "--by", "demo"],
  },
  {
    says: "DOWN would bring back the quote without its votes. The backup brings back both,\n" +
      "and a restore can be undone, too.",
    args: ["restore", PLUGIN, "latest"],
  },
];

/** Plays the scenes in a temporary directory, which is removed. */
export async function runDemo(console: Console, run: Run): Promise<ExitStatus> {
  const { bold, dim } = console.colors;
  const directory = await Deno.makeTempDir({ prefix: "godwit-demo-" });
  const at = { plugins: join(directory, "plugins"), data: join(directory, "data") };
  const migrations = join(at.plugins, PLUGIN, "migrations");
  try {
    await mkdir(migrations, { recursive: true });
    for (const [name, text] of FIRST_FILES) await writeFile(join(migrations, name), text);
    for (const { says, file, args, exit = EXIT.success } of SCENES) {
      console.out(`\n${bold(says)}`);
      if (file !== undefined) {
        await writeFile(join(migrations, LAST_FILE), file);
        console.out(`${dim(`$ cat ${LAST_FILE}`)}\n${file.trim()}`);
      }
      console.out(dim(`$ godwit ${args.join(" ")}`));
      const status = await run([...args, "--plugins", at.plugins, "--data", at.data]);
      if (status !== exit) return status === EXIT.success ? EXIT.failure : status;
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  console.out(`\n${bold("The demo is removed. Begin your own:")} godwit new notes "create notes"`);
  return EXIT.success;
}
