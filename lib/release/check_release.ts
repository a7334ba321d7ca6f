// The checklist of a release: says what holds and what does not, and how to go on. For Deno.
// deno task release:check

import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { changelogProblem } from "./changelog.ts";
import { RELEASE_STEPS } from "./release_steps.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TAG = `v${config.version}`;

const problems: string[] = [];
await report("The work tree has no changes", async () => {
  const { text } = await run("git", ["status", "--porcelain"]);
  return text === "" ? null : `Commit or remove:\n${text}`;
});
await report(`There is no tag ${TAG} yet`, async () => {
  const { text } = await run("git", ["tag", "--list", TAG]);
  return text === "" ? null : "Set the next version in deno.json";
});
await report(
  "CHANGELOG.md describes the version",
  async () => changelogProblem(await Deno.readTextFile(`${ROOT}CHANGELOG.md`), config.version),
);
for (const { title, args } of RELEASE_STEPS) {
  await report(title, async () => {
    const { success, text } = await run(Deno.execPath(), args);
    return success ? null : `deno ${args.join(" ")} fails:\n${text.slice(-4_000)}`;
  });
}
if (problems.length > 0) {
  console.error(`\n✗ ${problems.length} of ${RELEASE_STEPS.length + 3} do not hold`);
  Deno.exit(1);
}
console.log(`\nEverything holds. To release ${config.version}:
  git tag ${TAG} && git push origin ${TAG}
  deno publish
  npm publish --access public dist/npm/vfs
  npm publish --access public dist/npm/godwit
  deno task compile   # and attach dist/bin to the release`);

async function report(title: string, check: () => Promise<string | null>): Promise<void> {
  const problem = await check();
  if (problem === null) return console.log(`✓ ${title}`);
  problems.push(title);
  console.error(`✗ ${title}\n  ${problem.trim().replaceAll("\n", "\n  ")}`);
}

async function run(
  program: string,
  args: readonly string[],
): Promise<{ readonly success: boolean; readonly text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { success, text: `${decoder.decode(stdout)}${decoder.decode(stderr)}`.trim() };
}
