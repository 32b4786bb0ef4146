import { describe, expect, test } from 'vitest';
import {
  compareVersions,
  newEnough,
  readVersion,
} from '../../../../src/adapters/embedded/binary/version.ts';

describe('the version of a server is read from', () => {
  test.each([
    ['what it prints', 'nats-server: v2.15.1\n', '2.15.1'],
    ['a pre-release', 'nats-server: v2.12.1-RC.2', '2.12.1-RC.2'],
    ['a Debian package', '2.15.1-1', '2.15.1'],
    ['a backport', '2.15.1-1~bpo13+1', '2.15.1'],
    ['a repacked source', '2.15.1+ds-2', '2.15.1'],
    ['a Debian pre-release', '2.16.0~rc1-1', '2.16.0~rc1'],
    ['the name of a directory in the cache', 'nats-server-2.15.1.fetching-a1b2', '2.15.1'],
    ['nothing of the kind', 'usage: something else', undefined],
  ])('%s', (_, text, version) => expect(readVersion(text)).toBe(version));
});

describe('a server is new enough', () => {
  test.each([
    ['2.12.0', false],
    ['2.12.1-RC.1', false],
    ['2.12.1~rc1', false],
    ['2.12.1', true],
    ['2.12.2-RC.1', true],
    ['2.12.10', true],
    ['2.9.25', false],
    ['2.11.99', false],
    ['3.0.0', true],
  ])('at %s: %s', (version, enough) => expect(newEnough(version)).toBe(enough));
});

test('versions are ordered by number, not by letter', () => {
  const sorted = ['2.12.10', '2.9.1', '2.12.9', '2.12.10-RC.1'].sort(compareVersions);
  expect(sorted).toEqual(['2.9.1', '2.12.9', '2.12.10-RC.1', '2.12.10']);
});
