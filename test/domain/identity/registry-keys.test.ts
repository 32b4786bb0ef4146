import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
} from '../../../src/domain/identity/names.ts';
import {
  agentKey,
  agentMapKey,
  brakeKey,
  holdKey,
  instanceKey,
  instancesOfAgentFilter,
  leaseKey,
  leasesOfAgentFilter,
  parseLeaseKey,
  parseRegistryKey,
  seatKey,
} from '../../../src/domain/identity/registry-keys.ts';
import { anyInstance, anyRun, anySlot, anyText } from '../../arbitrary/names.ts';

const at = {
  host: HostId.parse('db-1.example'),
  agent: AgentName.parse('main agent'),
  run: RunId.parse('0123456789'),
  service: ServiceName.parse('web'),
  id: InstanceId.parse('web:80'),
};

describe('a key', () => {
  test('starts with its kind and its host', () => {
    expect(agentKey(at)).toBe('agent.db-1=2Eexample.main=20agent');
    expect(instanceKey(at)).toBe('instance.db-1=2Eexample.main=20agent.web.web=3A80');
    expect(leaseKey(at)).toBe('run.db-1=2Eexample.main=20agent.0123456789');
    expect(seatKey(2)).toBe('seat.2');
  });

  test('parses into the names that it was made of', () => {
    fc.assert(
      fc.property(anyInstance, anyRun, fc.integer({ min: 1, max: 999 }), (instance, run, seat) => {
        const { host, agent } = instance;
        expect(parseRegistryKey(agentKey(instance))).toEqual({ kind: 'agent', host, agent });
        expect(parseRegistryKey(instanceKey(instance))).toEqual({ kind: 'instance', ...instance });
        expect(parseLeaseKey(leaseKey(run))).toEqual({ kind: 'run', ...run });
        expect(parseLeaseKey(seatKey(seat))).toEqual({ kind: 'seat', seat });
      }),
    );
  });

  test('matches the filter of its slot and of no other slot', () => {
    fc.assert(
      fc.property(anyInstance, anySlot, (instance, other) => {
        const below = (filter: string) => instanceKey(instance).startsWith(filter.slice(0, -1));
        expect(below(instancesOfAgentFilter(instance))).toBe(true);
        expect(below(instancesOfAgentFilter(other))).toBe(
          agentMapKey(instance) === agentMapKey(other),
        );
      }),
    );
    expect(leaseKey(at).startsWith(leasesOfAgentFilter(at).slice(0, -1))).toBe(true);
  });

  test.each([
    ['a', 'b.c', 'a.b', 'c'],
    ['a.b', 'c', 'a=2Eb', 'c'],
    ['a', 'b', 'a', 'B'],
    ['é', 'b', 'e\u0301', 'b'],
  ])('of the slot %s/%s is not that of %s/%s', (host, agent, otherHost, otherAgent) => {
    const one = { host: HostId.parse(host), agent: AgentName.parse(agent) };
    const other = { host: HostId.parse(otherHost), agent: AgentName.parse(otherAgent) };
    expect(agentMapKey(one)).not.toBe(agentMapKey(other));
  });

  test('that is too long for a subject is refused with an error that names it', () => {
    const long = { ...at, host: HostId.parse('é'.repeat(512)), agent: AgentName.parse('z') };
    expect(agentKey(long).length).toBeLessThan(3500);
    const longer = { ...long, agent: AgentName.parse('.'.repeat(200)) };
    for (const make of [agentKey, instanceKey, leaseKey]) {
      expect(() => make(longer)).toThrow(
        expect.objectContaining({ code: 'bad-name', hint: expect.stringContaining('shorten') }),
      );
    }
  });
});

describe('a key from another writer', () => {
  const parts = fc.oneof(
    fc.constantFrom(
      'agent',
      'instance',
      'run',
      'seat',
      '',
      '1',
      '0',
      '=00',
      '=2E',
      'a',
      'abcdefgh',
    ),
    fc.constant('n'.repeat(1025)),
    anyText,
  );
  const keys = fc.oneof(
    anyText,
    fc.array(parts, { maxLength: 7 }).map((tokens) => tokens.join('.')),
  );

  test('is parsed, or refused with a fault', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const registry = readOrFault(parseRegistryKey, key);
        if (registry?.kind === 'agent') expect(agentKey(registry)).toBe(key);
        if (registry?.kind === 'instance') expect(instanceKey(registry)).toBe(key);
        if (registry?.kind === 'hold') expect(holdKey(registry.host, registry.agent)).toBe(key);
        if (registry?.kind === 'brake') expect(brakeKey(registry.zone)).toBe(key);
        if (registry?.kind === 'policy') expect(key).toBe('policy');
        const lease = readOrFault(parseLeaseKey, key);
        if (lease?.kind === 'run') expect(leaseKey(lease)).toBe(key);
        if (lease?.kind === 'seat') expect(seatKey(lease.seat)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    '',
    'agent',
    'agent.a',
    'agent.a.b.c',
    'agent.a.',
    'agent.=00.b',
    'agent.=2e.b',
    `agent.${'n'.repeat(1025)}.b`,
    'agent.a.b.',
    'instance.a.b.c',
    'instance.a.b.c.d.e',
    'instance.a.b..d',
    'instance.a.b.c.=0A',
    'instance.a.b.=C3.d',
    'run.a.b.abcdefgh',
    'hold',
    'hold.a.b.c',
    'hold.a.',
    'brake',
    'brake.a.b',
    'policy.a',
  ])('%j is not a key of the registry', (key) => {
    expect(() => parseRegistryKey(key)).toThrow(expect.objectContaining({ code: 'bad-name' }));
  });

  test.each([
    'seat',
    'seat.0',
    'seat.-1',
    'seat.01',
    'seat.1.2',
    'seat.99999999999999999999999',
    'run.a.b',
    'run.a.b.short',
    'run.a.b.ABCDEFGH',
    'run.a.b.abcdefgh.1',
    'run.=07.b.abcdefgh',
    'agent.a.b',
  ])('%j is not a key of a lease', (key) => {
    expect(() => parseLeaseKey(key)).toThrow(expect.objectContaining({ code: 'bad-name' }));
  });
});

/** Rethrows any error that is not the expected fault. */
function readOrFault<K>(parse: (key: string) => K, key: string): K | undefined {
  try {
    return parse(key);
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'bad-name') throw cause;
    return undefined;
  }
}
