// Carries a page out, block by block, and says what is not as the page says.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isShown } from "./masks.ts";
import { runMessageBlock } from "./message_block.ts";
import type { Block, CodeBlock, Directive, Page } from "./page.ts";
import { runPythonBlock, runShellBlock, runTypeScriptBlock } from "./program_block.ts";
import { RepositoryCopy } from "./repository_copy.ts";
import { RIGHT, Scene, type Verdict, wrong } from "./scene.ts";
import { runSqlBlock } from "./sql_block.ts";

/** What came of a page. */
export interface PageRun {
  /** One line for each block that is wrong, with its place. */
  readonly problems: readonly string[];
  /** The page with what is shown replaced by what is so. */
  readonly renewed: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

type BlockRunner = (block: CodeBlock, scene: Scene) => Promise<Verdict> | Verdict;

const RUNNERS: Readonly<Record<string, BlockRunner>> = {
  json: runMessageBlock,
  python: runPythonBlock,
  sh: runShellBlock,
  sql: runSqlBlock,
  text: compareOutput,
  ts: runTypeScriptBlock,
};

/** Runs a page in a copy of the repository that is removed afterwards. */
export async function runPage(page: Page): Promise<PageRun> {
  await using copy = await RepositoryCopy.make();
  await using scene = new Scene(copy);
  const problems: string[] = [];
  const replacements: { readonly block: CodeBlock; readonly text: string }[] = [];
  for (const block of page.blocks) {
    const verdict = await runBlock(block, scene);
    if (verdict.kind === "right") continue;
    problems.push(`${page.path}:${block.line}: ${verdict.problem}`);
    if (verdict.kind === "stale" && block.kind === "code") {
      replacements.push({ block, text: verdict.actual });
    }
  }
  return { problems, renewed: renew(page.text, replacements) };
}

async function runBlock(block: Block, scene: Scene): Promise<Verdict> {
  try {
    if (block.kind === "directive") {
      await direct(block, scene);
      return RIGHT;
    }
    const file = block.attributes.get("shows");
    if (file !== undefined) return compareFile(block, file);
    return await RUNNERS[block.language]?.(block, scene) ?? RIGHT;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

/** Carries out what readers need not see. */
async function direct({ command, attributes, text }: Directive, scene: Scene): Promise<void> {
  switch (command) {
    case "run": {
      const { code, output } = await scene.copy.shell(text);
      if (code !== 0) throw new Error(output);
      scene.output = output;
      return;
    }
    case "background":
      for (const line of text.split("\n")) await scene.copy.start(line);
      return;
    case "stop":
      await scene.copy.stopAll();
      return;
    case "plugins":
      scene.plugins = attributes.keys().next().value ?? scene.plugins;
      return;
    case "hold":
      await scene.hold(attributes.get("plugin") ?? "", attributes.get("by") ?? "system");
      return;
    case "release":
      scene.release();
      return;
    case "bug":
      scene.hasBug = true;
      return;
    case "cancelling":
      scene.isCancelled = true;
      return;
    case "reset":
      scene.reset();
      return;
    default:
      throw new Error(`There is no directive "${command}"`);
  }
}

/** `text output` shows what the block before it printed; any other text is free. */
function compareOutput(block: CodeBlock, scene: Scene): Verdict {
  if (!block.attributes.has("output") || scene.output === null) return RIGHT;
  const actual = scene.output;
  if (isShown(block.text, actual)) return RIGHT;
  return { kind: "stale", problem: `the output is another:\n${actual}`, actual };
}

/** A block that shows a file of the repository. */
function compareFile(block: CodeBlock, file: string): Verdict {
  const actual = Deno.readTextFileSync(join(ROOT, file)).trimEnd();
  return block.text === actual
    ? RIGHT
    : { kind: "stale", problem: `it is not the text of ${file}`, actual };
}

function renew(
  text: string,
  replacements: readonly { readonly block: CodeBlock; readonly text: string }[],
): string {
  return replacements.toReversed().reduce((page, { block, text: actual }) => {
    const old = page.slice(block.start, block.end);
    const info = old.slice(0, old.indexOf("\n"));
    return `${page.slice(0, block.start)}${info}\n${actual}\n\`\`\`${page.slice(block.end)}`;
  }, text);
}
