import { execFile } from 'node:child_process';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  commandsAfter,
  isLater,
  unreleasedChanges,
  versionRule,
  withVersion,
} from '../../tools/release/changelog.ts';
import { checkout } from '../conventions/run-biome.ts';

const changelog =
  '# Changelog\n\n## Unreleased\n\n### Fixed\n\n- One.\n\n## 0.1.0 - 2026-01-02\n\n- Zero.\n';

describe('a release', () => {
  it('moves the changes under its version, and leaves an empty section for later ones', () => {
    expect(unreleasedChanges(changelog)).toBe('### Fixed\n\n- One.');
    const released = withVersion(changelog, '0.2.0', '2026-03-04');
    expect(released).toContain(
      '## Unreleased\n\n## 0.2.0 - 2026-03-04\n\n### Fixed\n\n- One.\n\n## 0.1.0',
    );
    expect(() => withVersion(released, '0.3.0', '2026-03-05')).toThrow('lists no change');
  });

  it('has a version that no section has yet', () => {
    expect(() => withVersion(changelog, '0.1.0', '2026-03-04')).toThrow('already');
    expect(() => unreleasedChanges('# Changelog\n')).toThrow('no section');
  });

  it.each([
    ['0.2.0', '0.1.9', true],
    ['0.10.0', '0.9.0', true],
    ['0.1.0', '0.1.0', false],
    ['1.0.0', '1.0.0-rc.1', true],
    ['1.0.0-rc.1', '1.0.0', false],
    ['1.0.0-rc.2', '1.0.0-rc.1', true],
  ])('with the version %s is later than %s: %s', (next, last, expected) => {
    expect(isLater(next, last)).toBe(expected);
  });

  it.each(['1.2', 'v1.2.3', '01.2.3', '1.2.3+x', ''])('refuses the version %j', async (version) => {
    expect(versionRule.test(version)).toBe(false);
  });

  it('of an earlier version is refused before anything is changed', async () => {
    const script = ['tools/release/main.ts', '0.0.1', '--dry-run'];
    const failed = await promisify(execFile)(execPath, script, { cwd: checkout }).catch(
      (error) => error,
    );
    expect(failed.stderr).toContain('0.0.1 is not later than');
  });
});

it('the commands after it sign a tag and publish the packed file, by a path that npm takes for no repository', () => {
  const commands = commandsAfter('1.2.3');
  expect(commands).toContain("git tag --sign v1.2.3 --message 'rollcall 1.2.3'");
  expect(commands).toMatch(/npm publish \.\/release\/rollcall-1\.2\.3\.tgz$/);
});
