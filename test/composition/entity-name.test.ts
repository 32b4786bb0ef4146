import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entity, parseEntity } from '../../src/composition/entity-name.ts';
import type { ChainRef } from '../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../src/domain/events/event-subjects.ts';
import { Fault } from '../../src/domain/fault.ts';
import { ZoneName } from '../../src/domain/identity/names.ts';
import { matchesSubject } from '../../src/domain/identity/subject-filter.ts';
import { anyInstance, anyRun } from '../arbitrary/names.ts';

const named = (text: string) => parseEntity(text).map(({ exact }) => exact);
const has = (filters: readonly string[], subject: string) => matchesSubject(filters)(subject);

describe('an entity of the audit, as a person names it', () => {
  it('two names with a slash between them may be an agent or an instance', () => {
    expect(named('web/1')).toEqual(['agent:web/1', 'instance:web/1']);
  });

  it('a word before it says which', () => {
    expect([named('agent:web/1'), named('instance:web/1')]).toEqual([
      ['agent:web/1'],
      ['instance:web/1'],
    ]);
  });

  it('a run is named by its id, with the word or without', () => {
    expect([named('abcdefgh1'), named('run:abcdefgh1')]).toEqual([
      ['run:abcdefgh1'],
      ['run:abcdefgh1'],
    ]);
  });

  it('in names with slashes every one may be the one that divides', () => {
    expect(named('a/b/c')).toEqual([
      'agent:a/b%2Fc',
      'instance:a/b%2Fc',
      'agent:a%2Fb/c',
      'instance:a%2Fb/c',
    ]);
  });

  it('what belongs to the fleet has a word before it; the policy is one', () => {
    expect(named('hold:h1')).toEqual(['hold:h1']);
    expect(named('hold:h1/a')).toEqual(['hold:h1/a']);
    expect(named('brake:r1/east')).toEqual(['brake:r1%2Feast']);
    expect(named('policy')).toEqual(['policy']);
  });

  it('a percent sign in a name is no slash', () => {
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
  ])('%j names nothing, and the rule is said', (text) => {
    expect(() => parseEntity(text)).toThrow(Fault);
    expect(() => parseEntity(text)).toThrow(/nam|run id/);
  });

  it('its exact name names it alone, whatever is in the names', () => {
    const names = anyInstance.map(({ service, id }) => `${service}/${id}`);
    fc.assert(
      fc.property(names, (text) => {
        for (const { exact } of parseEntity(text)) expect(named(exact)).toEqual([exact]);
      }),
    );
  });
});

describe('where the events of an entity are', () => {
  it('an agent’s are those of its runs; with `all` those of what it runs too', () => {
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

  it('a hold’s, a brake’s and the policy’s are their own, and nobody else’s', () => {
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

  it('an instance’s are its own, whoever owns it, and nobody else’s', () => {
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
