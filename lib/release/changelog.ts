// Judges the changelog before a release. Pure; runs anywhere.

/** Why a version cannot be released with this changelog; `null` if it can. */
export function changelogProblem(changelog: string, version: string): string | null {
  const [heading] = changelog.match(/^## .*$/m) ?? [];
  if (heading === undefined) return "CHANGELOG.md has no version; describe this one";
  const [, named, date] = /^## (\S+), (\S+)$/.exec(heading) ?? [];
  if (named !== version) {
    return `CHANGELOG.md begins with "${heading}", and deno.json with ${version}; describe ${version}`;
  }
  if (date === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    return `CHANGELOG.md gives ${version} no date; write "## ${version}, " and the day of the release`;
  }
  return null;
}
