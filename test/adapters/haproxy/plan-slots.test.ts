import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  planSlots,
  type Slot,
  type SlotAct,
  type SlotAddress,
  slotKey,
  slotState,
} from '../../../src/adapters/haproxy/plan-slots.ts';

const slot = (name: string, port: number, mode: 'maint' | 'drain' | 'ready' = 'ready'): Slot => ({
  ...{ name, address: port === 1 ? '127.0.0.1' : '10.0.0.1', port },
  ...{ isInMaintenance: mode === 'maint', isDraining: mode === 'drain' },
});
const at = (...ports: readonly number[]): SlotAddress[] =>
  ports.map((port) => ({ address: '10.0.0.1', port }));
const idle = () => true;
const busy = () => false;
const acts = (all: readonly SlotAct[]) =>
  all.map((one) => `${one.act} ${one.slot}${one.act === 'fill' ? ` ${one.port}` : ''}`).join(', ');

/** What HAProxy does with the acts. */
const applied = (slots: readonly Slot[], plan: readonly SlotAct[]): readonly Slot[] =>
  slots.map((one) => {
    const act = plan.find((each) => each.slot === one.name);
    switch (act?.act) {
      case undefined:
        return one;
      case 'fill':
        return {
          ...one,
          address: act.address,
          port: act.port,
          isInMaintenance: false,
          isDraining: false,
        };
      case 'serve':
        return { ...one, isInMaintenance: false, isDraining: false };
      case 'drain':
        return { ...one, isDraining: true };
      case 'free':
        return slot(one.name, 1, 'maint');
      default:
        return act satisfies never;
    }
  });

describe('the plan for the slots of a backend', () => {
  test.each<[string, Slot[], number[], number[], string]>([
    [
      'fills free slots',
      [slot('a', 1, 'maint'), slot('b', 1, 'maint')],
      [80, 81],
      [80, 81],
      'fill a 80, fill b 81',
    ],
    ['leaves a slot that is right', [slot('a', 80)], [80], [80], ''],
    ['drains what may not be used', [slot('a', 80)], [], [80], 'drain a'],
    ['drains what is gone', [slot('a', 80)], [], [], 'drain a'],
    ['frees what is gone and drained', [slot('a', 80, 'drain')], [], [], 'free a'],
    ['serves again what may be used again', [slot('a', 80, 'drain')], [80], [80], 'serve a'],
    [
      'leaves the slot of an operator',
      [slot('a', 80, 'maint'), slot('b', 1, 'maint')],
      [80],
      [80],
      '',
    ],
    ['drains the second slot of an address', [slot('a', 80), slot('b', 80)], [80], [80], 'drain b'],
    ['ends the emptying of a slot', [slot('a', 1, 'drain')], [], [], 'free a'],
  ])('%s', (_, slots, usable, present, expected) => {
    expect(acts(planSlots(slots, at(...usable), at(...present), idle).acts)).toBe(expected);
  });

  test('waits for the sessions of removed instances', () => {
    expect(planSlots([slot('a', 80, 'drain')], [], [], busy).acts).toEqual([]);
  });

  test('names the instances without a slot', () => {
    const plan = planSlots([slot('a', 1, 'maint')], at(80, 81), at(80, 81), idle);
    expect(acts(plan.acts)).toBe('fill a 80');
    expect(plan.missing).toEqual(at(81));
  });

  const port = fc.integer({ min: 80, max: 85 });
  const someSlots = fc
    .array(fc.tuple(fc.oneof(fc.constant(1), port), fc.constantFrom('maint', 'drain', 'ready')), {
      maxLength: 7,
    })
    .map((all) => all.map(([of, mode], n) => slot(`s${n}`, of, mode)));
  const sets = fc
    .tuple(fc.array(port), fc.array(port))
    .map(([usable, others]) => [usable, [...usable, ...others]] as const);

  test('reaches what is wanted from any state, and then does nothing', () => {
    fc.assert(
      fc.property(someSlots, sets, (start, [usable, present]) => {
        let slots: readonly Slot[] = start;
        let plan = planSlots(slots, at(...usable), at(...present), idle);
        for (let round = 0; round < 4 && plan.acts.length > 0; round += 1) {
          expect(new Set(plan.acts.map((one) => one.slot)).size).toBe(plan.acts.length);
          slots = applied(slots, plan.acts);
          plan = planSlots(slots, at(...usable), at(...present), idle);
        }
        expect(plan.acts).toEqual([]);
        const ready = slots.filter((one) => slotState(one) === 'ready').map(slotKey);
        expect(new Set(ready).size).toBe(ready.length);
        const operators = slots.filter((one) => slotState(one) === 'operator').map(slotKey);
        const missing = plan.missing.map(slotKey);
        const served = [...new Set(at(...usable).map(slotKey))].filter(
          (key) => !operators.includes(key) && !missing.includes(key),
        );
        expect(ready.toSorted()).toEqual(served.toSorted());
        expect(slots.some((one) => slotState(one) === 'free') && missing.length > 0).toBe(false);
        for (const [n, one] of start.entries())
          if (slotState(one) === 'operator') expect(slots[n]).toEqual(one);
      }),
    );
  });

  test('changes no more slots than are wrong', () => {
    fc.assert(
      fc.property(someSlots, sets, (slots, [usable, present]) => {
        const plan = planSlots(slots, at(...usable), at(...present), idle);
        const wanted = new Set(at(...usable).map(slotKey));
        for (const act of plan.acts) {
          const before = slots.find((one) => one.name === act.slot);
          if (before && slotState(before) === 'ready' && wanted.has(slotKey(before)))
            expect(slots.filter((one) => slotKey(one) === slotKey(before)).length).toBeGreaterThan(
              1,
            );
        }
        const filled = plan.acts.filter(({ act }) => act === 'fill');
        const taken = new Set(slots.filter((one) => one.port !== 1).map(slotKey));
        expect(filled.length + plan.missing.length).toBe(
          [...wanted].filter((key) => !taken.has(key)).length,
        );
      }),
    );
  });
});
