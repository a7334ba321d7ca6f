// Runs blocks of programs: shell, TypeScript and Python.

import { dirname, join } from "node:path";
import type { CodeBlock } from "./page.ts";
import { RIGHT, type Scene, type Verdict, wrong } from "./scene.ts";

/**
 * `sh run` is carried out, `exit=<status>` where it is not 0; `sh background` starts programs that go
 * on; any other `sh` must be readable by a shell.
 */
export async function runShellBlock(block: CodeBlock, scene: Scene): Promise<Verdict> {
  const { attributes, text } = block;
  if (attributes.has("background")) {
    for (const line of text.split("\n")) if (line.trim() !== "") await scene.copy.start(line);
    return RIGHT;
  }
  if (!attributes.has("run")) {
    const { code, output } = await scene.copy.run("bash", ["-n", "-c", text]);
    return code === 0 ? RIGHT : wrong(output);
  }
  const { code, output } = await scene.copy.shell(text);
  scene.output = output;
  const expected = Number(attributes.get("exit") ?? 0);
  return code === expected ? RIGHT : wrong(`it exits with ${code}, not ${expected}:\n${output}`);
}

/** A program of its own in the copy, where `file=` names it; its types are checked elsewhere. */
export async function runTypeScriptBlock(block: CodeBlock, scene: Scene): Promise<Verdict> {
  const file = block.attributes.get("file") ?? `block_${block.line}.ts`;
  const path = join(scene.copy.root, file);
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, scene.copy.localize(block.text));
  const { code, output } = await scene.copy.run("deno", ["run", "-A", "--no-check", file]);
  scene.output = output;
  return code === 0 ? RIGHT : wrong(`it exits with ${code}:\n${output}`);
}

/** Run where the NATS client for Python is installed, and compiled everywhere. */
export async function runPythonBlock(block: CodeBlock, scene: Scene): Promise<Verdict> {
  const file = `block_${block.line}.py`;
  Deno.writeTextFileSync(join(scene.copy.root, file), scene.copy.localize(block.text));
  const compiled = await scene.copy.run("python3", ["-m", "py_compile", file]);
  if (compiled.code !== 0) return wrong(compiled.output);
  scene.output = null;
  const { code: missing } = await scene.copy.run("python3", ["-c", "import nats"]);
  if (missing !== 0) return RIGHT;
  const { code, output } = await scene.copy.run("python3", [file]);
  scene.output = output;
  return code === 0 ? RIGHT : wrong(output);
}
