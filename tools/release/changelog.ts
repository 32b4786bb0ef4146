/** The heading of changes that no version has yet, by Keep a Changelog. */
const unreleased = '## Unreleased';

/** A version by Semantic Versioning, without build metadata. */
export const versionRule =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

/**
 * Whether version `next` is later than `last`: by its three numbers; a version with a suffix is earlier than the one
 * without. Two suffixes of the same numbers are compared as texts.
 */
export function isLater(next: string, last: string): boolean {
  const parts = (version: string) => {
    const [numbers = '', suffix] = version.split(/-(.*)/s);
    return { numbers: numbers.split('.').map(Number), suffix };
  };
  const [a, b] = [parts(next), parts(last)];
  for (const [n, number] of a.numbers.entries()) {
    const other = b.numbers[n] ?? 0;
    if (number !== other) return number > other;
  }
  if (a.suffix === undefined || b.suffix === undefined) {
    return a.suffix === undefined && b.suffix !== undefined;
  }
  return a.suffix > b.suffix;
}

/** The changes that no version has yet. @throws {Error} if there is no such section, or if it is empty */
export function unreleasedChanges(changelog: string): string {
  const [, after] = changelog.split(`\n${unreleased}\n`);
  if (after === undefined) throw new Error(`CHANGELOG.md has no section '${unreleased}'`);
  const changes = after.split(/\n## /)[0]?.trim() ?? '';
  if (!/^- /m.test(changes)) throw new Error(`CHANGELOG.md lists no change under '${unreleased}'`);
  return changes;
}

/** The changelog with these changes under the version and its date, and an empty section for later ones. */
export function withVersion(changelog: string, version: string, date: string): string {
  unreleasedChanges(changelog);
  if (changelog.includes(`\n## ${version} - `)) {
    throw new Error(`CHANGELOG.md has a section of ${version} already`);
  }
  return changelog.replace(`\n${unreleased}\n`, `\n${unreleased}\n\n## ${version} - ${date}\n`);
}

/** What is left to a person after the package is packed. npm takes `release/…` without the dot for a repository. */
export const commandsAfter = (
  version: string,
): string => `  git commit --all --message 'release: ${version}'
  git tag --sign v${version} --message 'rollcall ${version}'
  (cd release && sha256sum --check rollcall-${version}.tgz.sha256)
  npm publish ./release/rollcall-${version}.tgz`;
