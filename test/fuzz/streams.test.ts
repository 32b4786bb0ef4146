import type { StreamInfo } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { subjectNamesOf } from '../../src/adapters/nats/connection/subject-names.ts';
import type { SupervisedConnection } from '../../src/adapters/nats/connection/supervised-connection.ts';
import { compareSettings } from '../../src/adapters/nats/streams/compare-settings.ts';
import { inspectStreams, streamInfo } from '../../src/adapters/nats/streams/ensure-streams.ts';
import { desiredStreams, type Settings } from '../../src/adapters/nats/streams/stream-settings.ts';
import { diagnoseSettings, diagnoseStreams } from '../../src/cli/doctor/streams.ts';
import { escapeControls } from '../../src/cli/terminal/escape-terminal.ts';
import type { Inspection } from '../../src/composition/store/open-inspection.ts';
import { Fault } from '../../src/domain/fault.ts';
import { Namespace } from '../../src/domain/identity/names.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const names = subjectNamesOf(Namespace.parse('fuzz'));
const wanted = desiredStreams(names, 1);
const kinds = ['leases', 'registry', 'audit', 'keyframes'] as const;
const kind = fc.constantFrom(...kinds);

/** Values of settings that a server may report and that the program never sets. */
const limit = fc.constantFrom(0, 1, 60_000_000_000, 9_007_199_254_740_991);
const odd = {
  storage: fc.constantFrom('memory', 'tape'),
  retention: fc.constantFrom('interest', 'workqueue', 'odd'),
  discard: fc.constantFrom('old', 'odd'),
  discard_new_per_subject: fc.constant(true),
  subjects: fc.array(fc.constantFrom('>', 'foo.>', '$KV.*.>'), { minLength: 1 }),
  mirror: fc.constant({ name: 'elsewhere' }),
  subject_transform: fc.constant({ src: '>', dest: 'x.>' }),
  max_msgs_per_subject: fc.constantFrom(0, 2, 64),
  max_msg_size: fc.constantFrom(0, 1, 4096),
  max_age: fc.constantFrom(1, 60_000_000_000),
  allow_msg_counter: fc.constant(true),
  subject_delete_marker_ttl: fc.constantFrom(1, 60_000_000_000),
  allow_rollup_hdrs: fc.constant(true),
  no_ack: fc.constant(true),
  sealed: fc.constant(true),
  persist_mode: fc.constant('async'),
  allow_msg_schedules: fc.constant(true),
  compression: fc.constant('s2'),
  max_msgs: limit,
  max_bytes: limit,
  num_replicas: fc.constantFrom(0, 3, 5),
};
type Odd = keyof typeof odd;
const oddSettings = fc
  .uniqueArray(fc.constantFrom(...(Object.keys(odd) as Odd[])), { minLength: 1, maxLength: 6 })
  .chain((some) => fc.record(Object.fromEntries(some.map((name) => [name, odd[name]]))));

/** The answer of a server about a stream, with its creation time and state. */
const state = { messages: 3, bytes: 300, first_seq: 1, last_seq: 3, consumer_count: 0 };
const replica = { name: 's2', current: true, active: 1_000_000, lag: 0 };
const cluster = { name: 'c', leader: 's1', replicas: [replica, { ...replica, offline: true }] };
const source = { name: names.registry.stream, lag: 1, active: -1, error: { description: 'x' } };
const infoOf = (config: Settings) => ({
  ...{ type: 'io.nats.jetstream.api.v1.stream_info_response', config, state },
  ...{ created: '2026-01-31T12:00:00Z', ts: '2026-01-31T12:00:00Z', cluster, sources: [source] },
});

/** The answer with this text as its sources. */
const textOf = (config: Settings, sources: string): string =>
  JSON.stringify(infoOf({ ...config, sources: [] })).replace(
    '"sources":[]',
    `"sources":${sources}`,
  );

const linkThatSays = (textOf: (stream: string) => string): SupervisedConnection =>
  ({
    client: { isClosed: () => false },
    request: async (subject: string) => {
      const said = textOf(subject.split('.').at(-1) ?? '');
      return { kind: 'received', msg: { string: () => said, json: () => JSON.parse(said) } as Msg };
    },
  }) as unknown as SupervisedConnection;

const inspectionOf = (link: SupervisedConnection) =>
  ({
    names,
    findings: () => inspectStreams(link, { names, replicas: 1, within: 20 }),
    unknownFormat: async () => undefined,
    unfinishedRestore: async () => undefined,
    stream: (stream: string) => streamInfo(link, stream, 20),
    losses: async () => [],
  }) as unknown as Inspection;

/** All findings of doctor about streams, or the fault that ends it. */
const doctor = (link: SupervisedConnection) =>
  foreseen(async () => {
    const inspection = inspectionOf(link);
    return [...(await diagnoseSettings(inspection)), ...(await diagnoseStreams(inspection))];
  });

/** Not empty, and without control characters. */
const line = /^[^\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]+$/u;

describe('a stream', () => {
  test('with other settings has a finding for each of them, with both values', () =>
    fuzz(
      fc.tuple(kind, oddSettings),
      ([which, changed]) => {
        const findings = compareSettings({ ...wanted[which], ...changed }, wanted[which]);
        expect(findings.map(({ setting }) => setting).toSorted()).toEqual(
          Object.keys(changed).toSorted(),
        );
        for (const { found, wanted: wants, stream } of findings) {
          expect(stream).toBe(wanted[which].name);
          expect(JSON.stringify(found)).not.toBe(JSON.stringify(wants));
        }
      },
      { runs: 300 },
    ));

  test('with a missing setting has a finding unless the wanted value is the zero value', () =>
    fuzz(fc.tuple(kind, fc.nat()), ([which, at]) => {
      const others = ['name', 'metadata'];
      const settings = Object.keys(wanted[which]).filter((name) => !others.includes(name));
      const left = settings[at % settings.length] as keyof Settings;
      const { [left]: value, ...rest } = wanted[which];
      const findings = compareSettings(rest, wanted[which]);
      const zeros: unknown[] = [false, 0, -1, 'none', 'limits', 'file'];
      const isZero = left === 'num_replicas' || zeros.some((zero) => zero === value);
      expect(findings.map(({ setting }) => setting)).toEqual(isZero ? [] : [left]);
    }));

  test('with odd settings is named by doctor, with the setting and the repair', () =>
    fuzz(
      fc.tuple(kind, oddSettings),
      async ([which, changed]) => {
        const link = linkThatSays((stream) => {
          const own = kinds.find((one) => wanted[one].name === stream) ?? which;
          return JSON.stringify(infoOf({ ...wanted[own], ...(own === which && changed) }));
        });
        const found = await doctor(link);
        if (found instanceof Fault) throw found;
        for (const setting of Object.keys(changed)) {
          const named = found.filter(({ what }) => what.includes(`: ${setting} is `));
          expect(named).toMatchObject([
            { about: 'streams', mend: expect.stringMatching(/nats stream edit|harmless/) },
          ]);
          expect(named[0]?.what).toContain(wanted[which].name);
        }
        expect(found.map(({ about }) => about)).toContain('copies');
        expect(found.map(({ about }) => about)).toContain('audit');
      },
      { runs: 100 },
    ));

  test('with any description from the server is reported in plain text, or is unreadable', () =>
    fuzz<[(typeof kinds)[number], string]>(
      kind.chain((which) =>
        fc.tuple(fc.constant(which), mutated(fc.constant(infoOf(wanted[which])))),
      ),
      async ([which, text]) => {
        const link = linkThatSays((stream) => {
          const own = kinds.find((one) => wanted[one].name === stream) ?? which;
          return own === which ? text : JSON.stringify(infoOf(wanted[own]));
        });
        const found = await doctor(link);
        if (found instanceof Fault) {
          expect(found.code).toMatch(/^store-(unavailable|refused|misconfigured)$/);
          return;
        }
        for (const { what, level, mend } of found) {
          expect(escapeControls(what)).toMatch(line);
          expect(what).not.toMatch(/undefined|NaN|\[object/);
          expect(level === 'ok' || mend !== undefined).toBe(true);
        }
        const info: StreamInfo | undefined = await streamInfo(link, wanted[which].name, 20);
        expect(info?.state.last_seq).toEqual(expect.any(Number));
      },
      {
        runs: 200,
        examples: [
          ['registry', '{}'],
          // A value that cannot become text, and one nested too deep to be written again.
          ['audit', textOf(wanted.audit, '[{"a":{"toString":null,"valueOf":null},"b":1}]')],
          ['leases', textOf(wanted.leases, `${'['.repeat(20_000)}${']'.repeat(20_000)}`)],
          ['registry', '{"config":null}'],
          ['registry', JSON.stringify({ ...infoOf(wanted.registry), cluster: { replicas: 1 } })],
          ['audit', JSON.stringify({ ...infoOf(wanted.audit), sources: [null] })],
          ['audit', JSON.stringify({ ...infoOf(wanted.audit), sources: [{ lag: null }] })],
        ],
      },
    ));
});
