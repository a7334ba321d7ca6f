// What the page shows of a link that has the files of a plugin in it. Types alone.

import type { FilesReport } from "../../browser/sandbox.ts";
import type { Outcome } from "../../outcome.ts";
import type { SharedFiles } from "./share_link.ts";

/** The files of a link. Nothing of them is saved, and none runs on a database. */
export type Shared =
  | { readonly kind: "reading" }
  /** Why the link cannot be opened. */
  | { readonly kind: "refused"; readonly message: string }
  | {
    readonly kind: "open";
    readonly files: SharedFiles;
    /** The file that is shown. */
    readonly file: string;
    /** `null` until the files are rehearsed. */
    readonly report: Outcome<FilesReport> | null;
  };
