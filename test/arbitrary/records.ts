import fc from 'fast-check';
import type { ChainRef } from '../../src/domain/events/event-schema.ts';
import { AuditEvent, eventVersion } from '../../src/domain/events/event-schema.ts';
import { ZoneName } from '../../src/domain/identity/names.ts';
import {
  AgentRecord,
  HoldRecord,
  InstanceRecord,
  recordVersion,
} from '../../src/domain/records/schemas.ts';
import { anyInstance, anyName, anyRun, anyText } from './names.ts';

const wall = fc.nat({ max: 4_000_000_000_000 });
const seconds = fc.integer({ min: 1, max: 3600 }).map((count) => count * 1000);
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const head = { n: fc.integer({ min: 1, max: 1_000_000 }), hash };
const sequence = fc.oneof(fc.constant(0), fc.nat({ max: Number.MAX_SAFE_INTEGER }));

/** What JSON brings back as it was: not -0, and no prototype but the usual. */
const anyJson = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));

/** What a later version may add: an older one must keep it. */
const unknownFields = fc.dictionary(fc.stringMatching(/^x[a-z]{1,8}$/), anyJson, {
  maxKeys: 2,
});

export const anyAgentRecord: fc.Arbitrary<AgentRecord> = fc
  .tuple(
    anyRun,
    fc.record(
      {
        v: fc.constant(recordVersion as 1),
        term: sequence,
        phase: fc.constantFrom('registering', 'live', 'leaving', 'expired'),
        suspect: fc.record({ reason: fc.constantFrom('silent', 'unreachable'), since: wall }),
        ttl: seconds,
        grace: seconds,
        zone: anyName,
        address: anyText,
        process: fc.record({ boot: anyText, namespace: anyText, pid: fc.integer() }),
        startedAt: wall,
        since: wall,
        ...head,
      },
      {
        requiredKeys: [
          ...(['v', 'term', 'phase', 'ttl', 'grace', 'process'] as const),
          ...(['startedAt', 'since', 'n', 'hash'] as const),
        ],
      },
    ),
    unknownFields,
  )
  .map(([run, record, unknown]) => AgentRecord.parse({ ...unknown, ...record, ...run }));

export const anyInstanceRecord: fc.Arbitrary<InstanceRecord> = fc
  .tuple(
    anyInstance,
    anyRun,
    fc.record(
      {
        v: fc.constant(recordVersion as 1),
        token: sequence,
        state: fc.constantFrom('serving', 'failing', 'draining'),
        address: anyText,
        port: fc.nat({ max: 65535 }),
        labels: fc.dictionary(anyText, anyText, { maxKeys: 4, noNullPrototype: true }),
        detail: anyText,
        registeredAt: wall,
        since: wall,
        ...head,
      },
      {
        requiredKeys: [
          ...(['v', 'token', 'state', 'labels'] as const),
          ...(['registeredAt', 'since', 'n', 'hash'] as const),
        ],
      },
    ),
    unknownFields,
  )
  .map(([at, { run }, record, unknown]) =>
    InstanceRecord.parse({ ...unknown, ...record, ...at, run }),
  );

export const anyHold: fc.Arbitrary<HoldRecord> = fc
  .record({
    at: anyRun,
    by: anyRun,
    whole: fc.boolean(),
    until: wall,
    why: anyText,
    since: wall,
    ...head,
  })
  .map(({ at: { host, agent, run }, whole, ...rest }) =>
    HoldRecord.parse({
      ...{ v: recordVersion, state: 'planned', host, run, ...rest },
      ...(!whole && { agent }),
    }),
  );

const anyChain: fc.Arbitrary<ChainRef> = fc.oneof(
  fc
    .tuple(anyRun, fc.constantFrom('run', 'session', 'collector'))
    .map(([run, entity]) => ({ entity, ...run })),
  fc
    .tuple(anyInstance, anyRun)
    .map(([at, { run }]) => ({ entity: 'instance' as const, ...at, run })),
  anyRun.map(({ host, run }) => ({ entity: 'hold' as const, host, run })),
  anyRun.map((run) => ({ entity: 'hold' as const, ...run })),
  anyRun.map(({ host, run }) => ({ entity: 'drain' as const, target: { host }, run })),
  fc.tuple(anyInstance, anyRun).map(([{ service, id }, { run }]) => {
    return { entity: 'drain' as const, target: { service, id }, run };
  }),
  fc
    .tuple(anyName, anyRun)
    .map(([zone, { run }]) => ({ entity: 'brake' as const, zone: ZoneName.parse(zone), run })),
  anyRun.map(({ run }) => ({ entity: 'policy' as const, run })),
);

const state = fc.oneof(
  fc.constantFrom('serving', 'live', 'gone'),
  fc.record({ phase: fc.constant('live'), sight: fc.constantFrom('clear', 'suspect') }),
);

export const anyEvent: fc.Arbitrary<AuditEvent> = fc
  .record({
    v: fc.constant(eventVersion),
    eventId: fc.uuid(),
    at: wall,
    of: anyChain,
    machine: fc.constantFrom('run', 'instance', 'session', 'collector'),
    chart: hash,
    n: head.n,
    event: fc.record({ type: fc.constantFrom('suspected', 'expired'), why: anyText }),
    from: fc.option(state),
    to: state,
    edges: fc.array(fc.string()),
    actor: anyRun,
    record: fc.option(fc.dictionary(fc.string(), anyJson, { noNullPrototype: true })),
    prev: fc.option(hash),
  })
  .map((event) => AuditEvent.parse(event));
