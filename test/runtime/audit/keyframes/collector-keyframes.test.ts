import { describe, expect, test } from 'vitest';
import { minutes } from '../../../../src/domain/time.ts';
import { keepingCollector } from '../../support/event-source.ts';
import { verdictOn } from '../../support/record-verdict.ts';
import { busyFleet, kept, signed } from './signing-fleet.ts';

describe('a collector with a seat', () => {
  test('stores a keyframe after the set number of events, and signs it in its own chain', async () => {
    const { fleet, change } = await busyFleet();
    const { collector } = keepingCollector(fleet, 50);
    await change(60);
    await fleet.advance(minutes(1));
    expect(kept(fleet)).toHaveLength(1);
    expect(signed(fleet)).toEqual(kept(fleet));
    expect(collector.state).toBe('watching');
    await change(60);
    await fleet.advance(minutes(1));
    expect(signed(fleet)).toEqual(kept(fleet));
    expect(kept(fleet)).toHaveLength(2);
    const { divergences, keyframes } = await verdictOn(fleet);
    expect({ divergences, keyframes }).toEqual({ divergences: [], keyframes: 2 });
  });

  test('continues from the last stored keyframe of any collector', async () => {
    const { fleet, change } = await busyFleet();
    const { process } = keepingCollector(fleet, 40, 'one');
    await change(40);
    await fleet.advance(minutes(1));
    await fleet.kill(process);
    const next = keepingCollector(fleet, 40, 'two');
    await change(40);
    const read: number[] = [];
    const { audit } = next.process.ports;
    const plain = audit.read.bind(audit);
    audit.read = (from, filters) => {
      if (filters === undefined) read.push(from);
      return plain(from, filters);
    };
    await fleet.advance(minutes(2));
    const [first = 0, second = 0] = kept(fleet);
    expect(signed(fleet)).toEqual([first, second]);
    expect(read).toContain(first + 1);
    expect(Math.min(...read)).toBe(first + 1);
    expect((await verdictOn(fleet)).divergences).toEqual([]);
  });

  test('makes keyframes, and those without a seat make none', async () => {
    const { fleet, change } = await busyFleet();
    keepingCollector(fleet, 10, 'one');
    keepingCollector(fleet, 10, 'two');
    await change(15, 100);
    await fleet.advance(minutes(3));
    expect(kept(fleet)).toHaveLength(1);
  });
});
