// esbuild's plugin that keeps the settings of this repository out of bundles. For Deno.

import type { Plugin } from "esbuild";

/** Of deno.json, a module reads the version; esbuild would take in all of it. */
export function versionAlone(): Plugin {
  return {
    name: "the version alone",
    setup(build) {
      build.onLoad({ filter: /\/deno\.json$/ }, async ({ path }) => {
        const { version } = JSON.parse(await Deno.readTextFile(path));
        return { contents: JSON.stringify({ version }), loader: "json" };
      });
    },
  };
}
