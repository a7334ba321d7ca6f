// Parses what bundles and servers state about the files of plugins. None of it is trusted. Runs
// anywhere.

import * as v from "valibot";
import { isPlainSqlName, PLAIN_SQL_NAME_RULE } from "../migration/file_name.ts";
import { MAX_FILE_BYTES } from "../migration/parse_migration.ts";
import { isPluginName, PLUGIN_NAME_RULE } from "../message/plugin_name.ts";

/** The format that this godwit writes, and the only one that it reads. */
export const MANIFEST_FORMAT = 1;

/** The most files of one plugin. */
export const MAX_PLUGIN_FILES = 10_000;

/** The most signatures of one bundle. */
const MAX_SIGNATURES = 16;

/** The most plugins of one manifest. */
export const MAX_PLUGINS = 1_000;

/** What a manifest says about a file. */
export interface ManifestFile {
  readonly file: string;
  /** SHA-256 of the normalised text, 64 lower-case hex digits. */
  readonly checksum: string;
}

/** A file of a bundle, with its normalised text. */
export interface BundledFile extends ManifestFile {
  readonly text: string;
}

/** The export `plugin` of a module made by `godwit bundle`. */
export interface Bundle {
  readonly format: typeof MANIFEST_FORMAT;
  readonly name: string;
  /** Where the plugin's page code is, relative to the module; `null` where it brings none. */
  readonly page: string | null;
  readonly files: readonly BundledFile[];
  /** Who vouches for the name and the files; missing where nobody has signed them. */
  readonly signatures?: readonly BundleSignature[] | undefined;
}

/** A publisher's signature of a bundle. */
export interface BundleSignature {
  /** The public key, as nkeys writes it. */
  readonly key: string;
  /** Base64. */
  readonly signature: string;
}

/** A plugin of a manifest on a server; its files are below `<name>/migrations/`. */
export interface ManifestPlugin {
  readonly name: string;
  /** Where the plugin's page code is, relative to the manifest; `null` where it brings none. */
  readonly page: string | null;
  readonly files: readonly ManifestFile[];
}

/** `manifest.json`: every plugin of a server. */
export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly plugins: readonly ManifestPlugin[];
}

/** A value that fits, or one sentence for people about why it does not. */
export type ParsedManifest<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

const format = v.literal(
  MANIFEST_FORMAT,
  `expected ${MANIFEST_FORMAT}; another version of godwit made this`,
);
const pluginName = v.pipe(
  v.string("expected a text"),
  v.check(isPluginName, PLUGIN_NAME_RULE),
);
// A relative path without a scheme, a host, a query or "..".
const page = v.optional(
  v.nullable(
    v.pipe(
      v.string("expected a text or null"),
      v.maxLength(500, "expected at most 500 characters"),
      v.regex(
        /^(?:\.\/)?(?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.m?js$/,
        "expected a relative path of a .js file, such as ./notes.page.js",
      ),
    ),
  ),
  null,
);
const MANIFEST_FILE = {
  file: v.pipe(v.string("expected a text"), v.check(isPlainSqlName, PLAIN_SQL_NAME_RULE)),
  checksum: v.pipe(
    v.string("expected a text"),
    v.regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hex digits"),
  ),
};
const text = v.pipe(
  v.string("expected a text"),
  v.maxLength(MAX_FILE_BYTES, `expected at most ${MAX_FILE_BYTES} characters`),
);

const BundleSchema: v.GenericSchema<unknown, Bundle> = v.strictObject({
  format,
  name: pluginName,
  page,
  files: filesOf(v.strictObject({ ...MANIFEST_FILE, text })),
  signatures: v.optional(
    v.pipe(
      v.array(v.strictObject({
        key: v.pipe(v.string(), v.regex(/^[A-Z2-7]{56}$/, "expected a public key")),
        signature: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{86}==$/, "expected a signature")),
      })),
      v.maxLength(MAX_SIGNATURES, `expected at most ${MAX_SIGNATURES} signatures`),
    ),
  ),
});

const ManifestSchema: v.GenericSchema<unknown, Manifest> = v.strictObject({
  format,
  plugins: v.pipe(
    v.array(
      v.strictObject({ name: pluginName, page, files: filesOf(v.strictObject(MANIFEST_FILE)) }),
      "expected a list",
    ),
    v.maxLength(MAX_PLUGINS, `expected at most ${MAX_PLUGINS} plugins`),
    v.check((plugins) => isUnique(plugins.map(({ name }) => name)), "a plugin stands there twice"),
  ),
});

/** Reads the export `plugin` of a bundle; unknown keys are refused by name. */
export function parseBundle(value: unknown): ParsedManifest<Bundle> {
  return parse(BundleSchema, value);
}

/** Reads a server's manifest; unknown keys are refused by name. */
export function parseManifest(value: unknown): ParsedManifest<Manifest> {
  return parse(ManifestSchema, value);
}

function filesOf<File extends ManifestFile>(
  file: v.GenericSchema<unknown, File>,
): v.GenericSchema<unknown, readonly File[]> {
  return v.pipe(
    v.array(file, "expected a list"),
    v.maxLength(MAX_PLUGIN_FILES, `expected at most ${MAX_PLUGIN_FILES} files`),
    v.check((files) => isUnique(files.map((each) => each.file)), "a file stands there twice"),
  );
}

function isUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown): ParsedManifest<T> {
  // One problem is enough: a manifest is written by a program.
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, message: describeIssue(result.issues[0]) };
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "the whole";
  if (issue.type !== "strict_object") return `${path}: ${issue.message}`;
  if (issue.expected === "never") return `unknown key ${JSON.stringify(path)}`;
  return issue.expected === "Object" ? `${path}: expected an object` : `${path} is missing`;
}
