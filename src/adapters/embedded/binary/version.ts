/**
 * The oldest supported nats-server: Rollcall relies on its atomic batches and per-key TTLs
 * (docs/adr/0003-embedded-server.md).
 */
export const oldestServer = '2.12.1';

/** The release that is downloaded if no server is found. */
export const fetchedServer = '2.15.1';

/**
 * The version in the output of `nats-server --version` or in a Debian package version; `undefined` if
 * there is none. A Debian revision (`-1`) is dropped, a pre-release suffix (`-RC.1`, `~rc1`) is kept.
 */
export function readVersion(text: string): string | undefined {
  return text.match(/\d+\.\d+\.\d+(?:[-~][A-Za-z][\w.]*)?/)?.[0];
}

/** Negative when `left` is older. A pre-release is older than its release. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parts(left), parts(right)];
  const unequal = a.numbers.findIndex((number, i) => number !== b.numbers[i]);
  if (unequal !== -1) return (a.numbers[unequal] ?? 0) - (b.numbers[unequal] ?? 0);
  return Number(b.preRelease) - Number(a.preRelease);
}

/** Whether Rollcall can work with a server of this version. */
export function newEnough(version: string): boolean {
  return compareVersions(version, oldestServer) >= 0;
}

function parts(version: string): { numbers: number[]; preRelease: boolean } {
  const numbers = version.split(/[-~]/, 1).join('').split('.').map(Number);
  return { numbers, preRelease: /[-~]/.test(version) };
}
