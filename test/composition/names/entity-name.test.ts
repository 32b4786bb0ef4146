import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entity, parseEntity } from '../../../src/composition/names/entity-name.ts';
import type { ChainRef } from '../../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { matchesSubject } from '../../../src/domain/identity/subject-filter.ts';
import { anyInstance, anyRun } from '../../arbitrary/names.ts';

const named = (text: string) => parseEntity(text).map(({ exact }) => exact);
const has = (filters: readonly string[], subject: string) => matchesSubject(filters)(subject);

describe('an entity name that a person types', () => {
  it('may be an agent or an instance if it has one slash', () => {
    expect(named('web/1')).toEqual(['agent:web/1', 'instance:web/1']);
  });

  it('is unambiguous with a kind before it', () => {
    expect([named('agent:web/1'), named('instance:web/1')]).toEqual([
      ['agent:web/1'],
      ['instance:web/1'],
    ]);
  });

  it('is the id for a run, with or without the kind', () => {
    expect([named('abcdefgh1'), named('run:abcdefgh1')]).toEqual([
      ['run:abcdefgh1'],
      ['run:abcdefgh1'],
    ]);
  });

  it('may be divided at any of its slashes', () => {
    expect(named('a/b/c')).toEqual([
      'agent:a/b%2Fc',
      'instance:a/b%2Fc',
      'agent:a%2Fb/c',
      'instance:a%2Fb/c',
    ]);
  });

  it('has a kind for entities of the fleet; the policy is one word', () => {
    expect(named('hold:h1')).toEqual(['hold:h1']);
    expect(named('hold:h1/a')).toEqual(['hold:h1/a']);
    expect(named('brake:r1/east')).toEqual(['brake:r1%2Feast']);
    expect(named('policy')).toEqual(['policy']);
  });

  it('may contain a percent sign, which is not a slash', () => {
    const [agent] = named('a%2Fb/c');
    expect(agent).toBe('agent:a%252Fb/c');
    expect(parseEntity(agent ?? '')[0]?.own).toEqual(parseEntity('a%2Fb/c')[0]?.own);
  });

  it.each([
    '',
    'web',
    '/',
    'a/',
    '/b',
    'agent:web',
    'agent:a/b/c',
    'agent:/b',
    'run:short',
    'run:UPPERCASE',
    'a\u0001/b',
    `${'x'.repeat(2000)}/b`,
    'instance:',
  ])('is refused with the rule: %j', (text) => {
    expect(() => parseEntity(text)).toThrow(Fault);
    expect(() => parseEntity(text)).toThrow(/nam|run id/);
  });

  it('is unambiguous in its exact form, whatever characters it contains', () => {
    const names = anyInstance.map(({ service, id }) => `${service}/${id}`);
    fc.assert(
      fc.property(names, (text) => {
        for (const { exact } of parseEntity(text)) expect(named(exact)).toEqual([exact]);
      }),
    );
  });
});

describe('the audit subjects of an entity', () => {
  it('are those of its runs for an agent, with `all` also those of its instances', () => {
    fc.assert(
      fc.property(anyRun, anyInstance, ({ host, agent, run }, { service, id }) => {
        const found = named(`agent:${escaped(host)}/${escaped(agent)}`);
        const [entity] = parseEntity(found[0] ?? '') as [Entity];
        const ref = { host, agent, run };
        for (const kind of ['run', 'session', 'collector'] as const) {
          const subject = eventSubject({ entity: kind, ...ref }, 7);
          expect([has(entity.own, subject), has(entity.all, subject)]).toEqual([true, true]);
        }
        const instance = eventSubject({ entity: 'instance', ...ref, service, id }, 7);
        expect([has(entity.own, instance), has(entity.all, instance)]).toEqual([false, true]);
      }),
    );
  });

  it('are exclusive to a hold, a brake or the policy', () => {
    fc.assert(
      fc.property(anyRun, ({ host, agent, run }) => {
        const zone = ZoneName.parse(host);
        const chains: Record<string, ChainRef> = {
          [`hold:${escaped(host)}`]: { entity: 'hold', host, run },
          [`hold:${escaped(host)}/${escaped(agent)}`]: { entity: 'hold', host, agent, run },
          [`brake:${escaped(host)}`]: { entity: 'brake', zone, run },
          policy: { entity: 'policy', run },
        };
        for (const [name, of] of Object.entries(chains)) {
          const [entity] = parseEntity(name) as [Entity];
          for (const other of Object.values(chains)) {
            expect(has(entity.own, eventSubject(other, 3))).toBe(other === of);
          }
        }
      }),
    );
  });

  it('are exclusive to an instance, for every owner', () => {
    fc.assert(
      fc.property(anyRun, anyInstance, anyInstance, (run, one, other) => {
        fc.pre(one.service !== other.service || one.id !== other.id);
        const [entity] = parseEntity(`instance:${escaped(one.service)}/${escaped(one.id)}`) as [
          Entity,
        ];
        const subject = ({ service, id }: typeof one) =>
          eventSubject({ entity: 'instance', ...run, service, id }, 1);
        expect([has(entity.own, subject(one)), has(entity.own, subject(other))]).toEqual([
          true,
          false,
        ]);
      }),
    );
  });
});

const escaped = (name: string) => name.replaceAll('%', '%25').replaceAll('/', '%2F');
