import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, formatTarget, parseTarget } from '../../../src/composition/names/host-or-agent.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { anyRun } from '../../arbitrary/names.ts';

describe('a target', () => {
  it('is a host or one agent on it', () => {
    expect(parseTarget('db-1')).toEqual({ host: 'db-1' });
    expect(parseTarget('db-1/a')).toEqual({ host: 'db-1', agent: 'a' });
    expect(parseTarget('db%2F1/a')).toEqual({ host: 'db/1', agent: 'a' });
  });

  it.each(['', '/', 'a/', '/b', 'a/b/c', 'a\u0001'])('is not parsed from %j', (text) => {
    expect(() => parseTarget(text)).toThrow(Fault);
  });

  it('can be parsed from its printed name, whatever the names contain', () => {
    fc.assert(
      fc.property(anyRun, ({ host, agent }) => {
        expect(parseTarget(formatTarget({ host, agent }))).toEqual({ host, agent });
        expect(parseTarget(formatTarget({ host }))).toEqual({ host });
      }),
    );
  });

  it('matches every agent on its host, or the one agent', () => {
    const slot = { host: 'h1', agent: 'a' };
    const at = (text: string) => covers(slot, parseTarget(text));
    expect([at('h1'), at('h1/a'), at('h1/b'), at('h2'), at('h2/a')]).toEqual([
      ...[true, true, false, false, false],
    ]);
  });
});
