import { describe, expect } from 'vitest';
import { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { hashEvent } from '../../../src/domain/events/hash-chain.ts';
import { RunId } from '../../../src/domain/identity/names.ts';
import { seconds } from '../../../src/domain/time.ts';
import { collector } from '../../../src/runtime/transitions/machine-set.ts';
import { ProcessChain } from '../../../src/runtime/transitions/process-chain.ts';
import { type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { mishaps } from '../support/link-faults.ts';
import { scenario } from '../support/scenario.ts';

function chainOf(fleet: FleetInMemory, keep?: number) {
  const process = fleet.process('h1');
  const actor = { ...slotAt('h1/a'), run: RunId.parse('collector1') };
  const author = { actor, ports: process.ports };
  const chain = new ProcessChain(
    { entity: 'collector', ...actor },
    author,
    collector,
    process.ports,
    keep,
  );
  const stored = () => fleet.world.audit.from(0).map(({ text }) => text);
  const events = () => stored().map((text) => AuditEvent.parse(JSON.parse(text)));
  return { process, chain, stored, events };
}

/** Takes and loses its seat this many times. */
function sit(chain: ProcessChain, times: number) {
  for (let n = 0; n < times; n += 1) {
    chain.take({ type: 'seated', seat: 1 });
    chain.take({ type: 'unseated' });
  }
}

describe('the chain of a process', () => {
  scenario('has every transition once and in order', async (fleet) => {
    const { chain, stored, events } = chainOf(fleet);
    sit(chain, 2);
    expect(chain.take({ type: 'sighted' })).toBe('ignored');
    await fleet.advance(seconds(1));
    expect(events().map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    const hashes = stored().map(hashEvent);
    expect(events().map(({ prev }) => prev)).toEqual([null, ...hashes.slice(0, 3)]);
  });

  for (const mishap of mishaps) {
    scenario(`has every transition once and in order despite faults (${mishap})`, async (fleet) => {
      const { process, chain, events } = chainOf(fleet);
      process.line.fate = (n) => (n % 3 === 1 ? mishap : 'fine');
      sit(chain, 20);
      await fleet.advance(seconds(60));
      expect(events().map(({ n }) => n)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    });
  }

  scenario(
    'is kept while the store is unavailable, with the times of the transitions',
    async (fleet) => {
      const { process, chain, events } = chainOf(fleet);
      process.line.down = true;
      for (let n = 0; n < 3; n += 1) {
        sit(chain, 1);
        await fleet.advance(seconds(10));
      }
      process.line.down = false;
      await fleet.advance(seconds(2));
      const [first] = events();
      const times = events().map(({ at }) => at - (first?.at ?? 0));
      expect(times).toEqual([0, 0, 10_000, 10_000, 20_000, 20_000]);
    },
  );

  scenario('reports the number of transitions that it could not keep', async (fleet) => {
    const { process, chain, events } = chainOf(fleet, 5);
    process.line.down = true;
    sit(chain, 10);
    await fleet.advance(seconds(1));
    sit(chain, 10);
    process.line.down = false;
    await fleet.advance(seconds(2));
    const numbers = events().map(({ n, lost = 0 }) => ({ n, lost }));
    expect(numbers.at(-1)?.n).toBe(40);
    expect(numbers.reduce((sum, { lost }) => sum + lost, numbers.length)).toBe(40);
  });

  scenario('is flushed as far as the store permits, until the timeout', async (fleet) => {
    const { process, chain } = chainOf(fleet);
    process.line.down = true;
    sit(chain, 2);
    const bound = new AbortController();
    let flushed = false;
    const flushing = chain.flushed(bound.signal).then(() => {
      flushed = true;
    });
    await fleet.advance(seconds(5));
    expect(flushed).toBe(false);
    bound.abort();
    await fleet.advance(0);
    await flushing;
    expect(flushed).toBe(true);
  });
});
