// `doctor`: says what is wrong with a set-up, and how to mend it.

import type { CommonOptions, Environment } from "../command.ts";
import type { Console } from "../console.ts";
import { checkData, checkDatabases, checkPlugins } from "../doctor/check_directories.ts";
import { checkNats } from "../doctor/check_nats.ts";
import {
  checkDeno,
  checkNativeSqlite,
  checkPermissions,
  checkSqlite,
} from "../doctor/check_runtime.ts";
import { renderDiagnoses } from "../doctor/diagnosis.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";

/** Runs every check, whatever the others find; fails where one finds a problem. */
export async function runDoctor(
  options: CommonOptions,
  console: Console,
  environment: Environment,
): Promise<ExitStatus> {
  const diagnoses = [
    checkDeno(Deno.version.deno),
    await checkSqlite(),
    checkNativeSqlite(),
    await checkPermissions(options),
    ...await checkPlugins(options),
    ...await checkData(options),
    ...await checkDatabases(options),
    ...await checkNats(options, environment),
  ];
  const success = diagnoses.every(({ state }) => state !== "problem");
  console.out(
    options.json
      ? JSON.stringify({ success, checks: diagnoses })
      : renderDiagnoses(diagnoses, console.colors),
  );
  return success ? EXIT.success : EXIT.failure;
}
