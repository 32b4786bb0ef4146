import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAt, placeName, placeNamed } from '../../src/composition/host-or-agent.ts';
import { Fault } from '../../src/domain/fault.ts';
import { anyRun } from '../arbitrary/names.ts';

describe('a place', () => {
  it('is a host, or one agent on it', () => {
    expect(placeNamed('db-1')).toEqual({ host: 'db-1' });
    expect(placeNamed('db-1/a')).toEqual({ host: 'db-1', agent: 'a' });
    expect(placeNamed('db%2F1/a')).toEqual({ host: 'db/1', agent: 'a' });
  });

  it.each(['', '/', 'a/', '/b', 'a/b/c', 'a\u0001'])('%j is none', (text) => {
    expect(() => placeNamed(text)).toThrow(Fault);
  });

  it('is named so that it is found again, whatever is in the names', () => {
    fc.assert(
      fc.property(anyRun, ({ host, agent }) => {
        expect(placeNamed(placeName({ host, agent }))).toEqual({ host, agent });
        expect(placeNamed(placeName({ host }))).toEqual({ host });
      }),
    );
  });

  it('has whoever is on its host, or the one agent', () => {
    const slot = { host: 'h1', agent: 'a' };
    const at = (text: string) => isAt(slot, placeNamed(text));
    expect([at('h1'), at('h1/a'), at('h1/b'), at('h2'), at('h2/a')]).toEqual([
      ...[true, true, false, false, false],
    ]);
  });
});
