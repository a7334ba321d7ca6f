// Files of a plugin in a link: `#share=` and what no server sees, because browsers send no fragment.
// Nothing of a link is trusted. Pure; runs anywhere.

import * as v from "valibot";
import { unpackText } from "../../history/file_text.ts";
import { isPluginName } from "../../message/plugin_name.ts";
import { isPlainSqlName } from "../../migration/file_name.ts";
import type { Outcome } from "../../outcome.ts";
import { readJson } from "./kept_json.ts";

/** The files that a link has. */
export interface SharedFiles {
  readonly format: 1;
  /** The plugin that they are from. It need not be in this browser. */
  readonly plugin: string;
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** The file to show first. */
  readonly open: string;
}

const PREFIX = "#share=";

// Browsers take longer addresses; what people send them by does not.
const MAX_LINK_LENGTH = 100_000;
const MAX_FILES = 500;
const MAX_TEXT_LENGTH = 1_000_000;

const SharedFilesSchema: v.GenericSchema<unknown, SharedFiles> = v.pipe(
  v.strictObject({
    format: v.literal(1),
    plugin: v.pipe(v.string(), v.check(isPluginName)),
    files: v.pipe(
      v.array(v.strictObject({
        file: v.pipe(v.string(), v.check(isPlainSqlName)),
        text: v.pipe(v.string(), v.maxLength(MAX_TEXT_LENGTH)),
      })),
      v.minLength(1),
      v.maxLength(MAX_FILES),
    ),
    open: v.string(),
  }),
  v.check(({ files }) => new Set(files.map(({ file }) => file)).size === files.length),
  v.check(({ files, open }) => files.some(({ file }) => file === open)),
);

/** Whether an address has files in it, whatever they are. */
export function isShareAddress(hash: string): boolean {
  return hash.startsWith(PREFIX);
}

/** Writes the fragment of a link. Fails where it would be too long to send. */
export async function formatShareLink(shared: SharedFiles): Promise<Outcome<string>> {
  const text = JSON.stringify(shared);
  const deflated = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  const hash = `${PREFIX}${base64Url(bytes)}`;
  if (hash.length <= MAX_LINK_LENGTH && shared.files.length <= MAX_FILES) {
    return { ok: true, value: hash };
  }
  return {
    ok: false,
    code: "too-long",
    message: `The files of ${shared.plugin} are too many for a link: it would have ` +
      `${hash.length.toLocaleString("en")} characters; send the folder instead`,
  };
}

/** Reads the fragment of a link. */
export async function parseShareLink(hash: string): Promise<Outcome<SharedFiles>> {
  if (hash.length > MAX_LINK_LENGTH) return refuse("it is too long");
  const bytes = bytesOf(hash.slice(PREFIX.length));
  // It inflates no more than a migration file may have.
  const text = bytes === null ? null : await unpackText(bytes);
  // Some browsers inflate to nothing what ends too early.
  if (text === null || text === "") return refuse("a part of it is missing or changed");
  const shared = readJson(SharedFilesSchema, text);
  return shared === null
    ? refuse("it has something else than the files of a plugin")
    : { ok: true, value: shared };
}

function refuse(why: string): Outcome<never> {
  const message = `The link cannot be opened: ${why}; copy it again, as a whole`;
  return { ok: false, code: "share-link", message };
}

function base64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
