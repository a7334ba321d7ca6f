// What must hold before a release, in order: cheap steps first. Data alone.

/** A step that a command decides by its exit status. */
export interface ReleaseStep {
  readonly title: string;
  /** Arguments of `deno`. */
  readonly args: readonly string[];
}

/** The commands of the checklist; the script looks at the work tree and the changelog before them. */
export const RELEASE_STEPS: readonly ReleaseStep[] = [
  { title: "Every dependency has a permissive licence", args: ["task", "licences"] },
  { title: "JSR takes the package", args: ["publish", "--dry-run"] },
  { title: "The npm packages build", args: ["task", "package"] },
  { title: "@godwit/vfs runs in Node.js, Bun and Deno", args: ["task", "runtimes"] },
  {
    title: "Every check and test passes, with those that take long",
    args: ["task", "test", "--all"],
  },
  { title: "Generated scripts lead from schema to schema", args: ["task", "rebuild"] },
  { title: "Nothing is lost in crashes, faults and kills", args: ["task", "crash"] },
  { title: "A rollout over 100,000 nodes ends as it should", args: ["task", "fleet:simulate"] },
];
