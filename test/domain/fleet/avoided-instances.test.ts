import { describe, expect, test } from 'vitest';
import { AvoidedInstances } from '../../../src/domain/fleet/avoided-instances.ts';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';

const row = (id: string, service = 'web') => ({ service, id }) as unknown as InstanceRow;
const [a, b] = [row('a'), row('b')];

describe('an instance that a consumer reported as failed', () => {
  test('is left out until its time is over', () => {
    const avoided = new AvoidedInstances();
    avoided.avoid(a, 100, 1000);
    expect(avoided.filter([a, b], 1099)).toEqual([b]);
    expect(avoided.filter([a, b], 1100)).toEqual([a, b]);
  });

  test('is still picked if there is no other', () => {
    const avoided = new AvoidedInstances();
    avoided.avoid(a, 100, 1000);
    avoided.avoid(b, 100, 1000);
    expect(avoided.filter([a, b], 1050)).toEqual([a, b]);
    expect(avoided.filter([a], 1050)).toEqual([a]);
    expect(avoided.filter([], 1050)).toEqual([]);
  });

  test('is identified by service and id', () => {
    const avoided = new AvoidedInstances();
    avoided.avoid(a, 100, 1000);
    const other = row('a', 'db');
    expect(avoided.filter([a, other], 1050)).toEqual([other]);
  });

  test('is forgotten after its time', () => {
    const avoided = new AvoidedInstances();
    for (let n = 0; n < 100_000; n += 1) avoided.avoid(row(`${n}`), 1, n);
    const many = Array.from({ length: 2000 }, (_, n) => row(`${98_000 + n}`));
    expect(avoided.filter(many, 200_000)).toEqual(many);
  });
});
