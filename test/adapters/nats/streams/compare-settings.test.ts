import { describe, expect, test } from 'vitest';
import { subjectNamesOf } from '../../../../src/adapters/nats/connection/subject-names.ts';
import {
  compareSettings,
  formatFinding,
} from '../../../../src/adapters/nats/streams/compare-settings.ts';
import {
  desiredStreams,
  type Settings,
} from '../../../../src/adapters/nats/streams/stream-settings.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';

const wanted = desiredStreams(subjectNamesOf(Namespace.parse('test')), 1);

test.each(Object.values(wanted))('the stream $name as we create it has no findings', (stream) => {
  expect(compareSettings(stream, stream)).toEqual([]);
});

test('a setting that the server omits has its zero value', () => {
  const { allow_rollup_hdrs, max_age, deny_purge, ...rest } = wanted.registry;
  expect([allow_rollup_hdrs, max_age, deny_purge]).toEqual([false, 0, false]);
  expect(compareSettings(rest, wanted.registry)).toEqual([]);
});

test('subjects in another order are no difference', () => {
  const subjects = wanted.registry.subjects?.toReversed() ?? [];
  expect(compareSettings({ ...wanted.registry, subjects }, wanted.registry)).toEqual([]);
});

describe.each<[keyof typeof wanted, Settings, boolean]>([
  ['registry', { allow_rollup_hdrs: true }, true],
  ['registry', { subject_delete_marker_ttl: 60_000_000_000 }, true],
  ['registry', { max_msgs_per_subject: 5 }, true],
  ['registry', { storage: 'memory' }, true],
  ['registry', { max_msg_size: 1024 * 1024 - 1 }, true],
  ['registry', { max_msg_size: 1024 * 1024 }, false],
  ['registry', { allow_atomic: false }, true],
  ['registry', { allow_msg_ttl: false }, true],
  ['registry', { max_age: 1 }, true],
  ['registry', { discard: 'old' }, true],
  ['registry', { discard_new_per_subject: true }, true],
  ['registry', { deny_delete: false }, true],
  ['registry', { subjects: ['$KV.rollcall_test_registry.>'] }, true],
  ['registry', { deny_purge: true }, false],
  ['registry', { num_replicas: 3 }, false],
  ['registry', { max_bytes: 1_000_000 }, false],
  ['leases', { allow_rollup_hdrs: true }, true],
  ['leases', { subject_delete_marker_ttl: 60_000_000_000 }, true],
  ['leases', { allow_msg_ttl: false }, true],
  ['leases', { deny_delete: true }, false],
  ['leases', { allow_atomic: true }, false],
  ['audit', { allow_msg_ttl: true }, true],
  ['audit', { allow_rollup_hdrs: true }, true],
  ['audit', { deny_purge: false }, true],
  ['audit', { deny_delete: false }, true],
  ['audit', { sources: [] }, true],
  ['audit', { max_age: 1 }, false],
  ['audit', { max_bytes: 1_000_000_000 }, false],
  ['audit', { discard: 'old' }, false],
  ['keyframes', { allow_rollup_hdrs: true }, true],
  ['keyframes', { max_age: 1 }, true],
  ['keyframes', { discard: 'old' }, true],
  ['keyframes', { deny_delete: false }, true],
  ['keyframes', { compression: 's2' }, false],
  ['audit', { compression: 's2' }, false],
])('the %s with %j', (stream, changed, dangerous) => {
  test(`is a finding that is ${dangerous ? 'refused' : 'tolerated'}`, () => {
    const findings = compareSettings({ ...wanted[stream], ...changed }, wanted[stream]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ stream: wanted[stream].name, dangerous });
    expect(findings[0]?.setting).toBe(Object.keys(changed)[0]);
  });
});

test('a finding shows the stream, the setting and both values', () => {
  const found = { ...wanted.registry, allow_rollup_hdrs: true };
  expect(compareSettings(found, wanted.registry).map(formatFinding)).toEqual([
    'KV_rollcall_test_registry: allow_rollup_hdrs is true, must be false',
  ]);
});
