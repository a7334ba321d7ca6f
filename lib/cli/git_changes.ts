// Asks git which files differ from a revision. For Deno; starts the program git.

import { type Outcome, reasonOf } from "../outcome.ts";

/** A file that differs, by its path from the directory that was asked for. */
export interface ChangedFile {
  readonly path: string;
  readonly how: "added" | "changed" | "removed";
}

/** What is different since a revision. */
export interface GitChanges {
  readonly changed: readonly ChangedFile[];
  /** The paths of the revision, from the same directory. */
  readonly before: readonly string[];
  /** Reads a file as the revision has it. */
  readonly read: (path: string) => Promise<Outcome<Uint8Array<ArrayBuffer>, "git">>;
}

/**
 * Compares a directory, with files that are not committed yet, with the point at which the present
 * branch left `revision`: what others have merged meanwhile is no change of this branch.
 */
export async function changesSince(
  revision: string,
  directory: string,
): Promise<Outcome<GitChanges, "git">> {
  const git = (...args: readonly string[]): Promise<GitResult> => runGit(directory, args);
  const commit = await git(
    ...["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
  );
  if (!commit.ok) {
    const reason = commit.message === "" ? "git has no such revision" : commit.message;
    return failed(`Cannot compare with "${revision}": ${reason}; fetch it first`);
  }
  const base = await git("merge-base", "HEAD", commit.text.trim());
  if (!base.ok) {
    return failed(
      `Cannot compare with "${revision}": the branches have no common commit here; fetch the ` +
        `whole history, with fetch-depth: 0 or GIT_DEPTH: 0`,
    );
  }
  const at = base.text.trim();
  const [diff, untracked, before] = await Promise.all([
    git(
      "diff",
      "--name-status",
      "--no-renames",
      "--no-ext-diff",
      "--relative",
      "-z",
      at,
      "--",
      ".",
    ),
    git("ls-files", "--others", "--exclude-standard", "-z", "--", "."),
    git("ls-tree", "-r", "--name-only", "-z", at, "--", "."),
  ]);
  const wrong = [diff, untracked, before].find((result) => !result.ok);
  if (wrong !== undefined && !wrong.ok) return failed(`git failed: ${wrong.message}`);
  return {
    ok: true,
    value: {
      changed: [
        ...changedIn(diff),
        ...listIn(untracked).map((path): ChangedFile => ({ path, how: "added" })),
      ],
      before: listIn(before),
      async read(path) {
        const blob = await git("cat-file", "blob", `${at}:./${path}`);
        return blob.ok ? { ok: true, value: blob.bytes } : failed(`git failed: ${blob.message}`);
      },
    },
  };
}

type GitResult =
  | { readonly ok: true; readonly text: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly message: string };

async function runGit(directory: string, args: readonly string[]): Promise<GitResult> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("git", {
      args: [...args],
      cwd: directory,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return success
      ? { ok: true, text: decoder.decode(stdout), bytes: stdout }
      : { ok: false, message: decoder.decode(stderr).trim() };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      return { ok: false, message: "git may not be started; run Deno with --allow-run=git" };
    }
    if (error instanceof Deno.errors.NotFound) {
      return { ok: false, message: `${directory} or the program git is not there` };
    }
    return { ok: false, message: reasonOf(error) };
  }
}

// A letter and a path in turn: https://git-scm.com/docs/diff-format
function changedIn(result: GitResult): readonly ChangedFile[] {
  const parts = listIn(result);
  return parts.flatMap((path, index): readonly ChangedFile[] => {
    if (index % 2 === 0) return [];
    const letter = parts[index - 1];
    return [{ path, how: letter === "A" ? "added" : letter === "D" ? "removed" : "changed" }];
  });
}

function listIn(result: GitResult): readonly string[] {
  return result.ok ? result.text.split("\0").filter((part) => part !== "") : [];
}

function failed(message: string): { readonly ok: false; code: "git"; readonly message: string } {
  return { ok: false, code: "git", message };
}
