import { expect, it } from 'vitest';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { RecordBudget, recordLimits } from '../../../src/domain/records/record-budget.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';

const entry = (key: string, length: number | undefined): KeyValueEntry => ({
  ...{ key, revision: 1 },
  text: length === undefined ? undefined : 'x'.repeat(length),
});
const small = { record: 100, host: 200, least: 50 };

it('a record within the limits is kept as it is', () => {
  const budget = new RecordBudget(small);
  const one = entry('instance.h1.a.web.w1', 100);
  expect(budget.take(one, false)).toBe(one);
  expect(budget.leftOut.size).toBe(0);
});

it('a record that is too long is left out with the bound, and counts as a short one', () => {
  const budget = new RecordBudget(small);
  const key = 'instance.h1.a.web.w1';
  expect(budget.take(entry(key, 101), false)).toMatchObject({
    ...{ key, revision: 1, text: '' },
    leftOut: 'it has 101 characters, and a record may have at most 100',
  });
  expect(budget.leftOut.get('h1')).toEqual(new Set([key]));
  const others = [1, 2, 3].map((n) => budget.take(entry(`instance.h1.a.web.x${n}`, 50), false));
  expect(others.map(({ leftOut }) => leftOut)).toEqual([undefined, undefined, undefined]);
  budget.take(entry(key, 10), true);
  expect(budget.leftOut.size).toBe(0);
});

it('the records of one host beyond its budget are left out, and those of others are kept', () => {
  const budget = new RecordBudget(small);
  const keys = ['agent.h1.a', 'instance.h1.a.s.1', 'run.h1.a.r', 'instance.h1.b.s.2', 'agent.h1.c'];
  const taken = keys.map((key) => budget.take(entry(key, 10), false));
  expect(taken.map(({ leftOut }) => leftOut !== undefined)).toEqual([
    ...[false, false, false, false, true],
  ]);
  expect(budget.take(entry('agent.h2.a', 100), false).leftOut).toBeUndefined();
  expect(budget.take(entry('hold.h1', 100), false).leftOut).toBeUndefined();
});

it('a host whose name begins with that of another has its own budget', () => {
  const budget = new RecordBudget(small);
  const taken = ['agent.h1.a', 'agent.h10.a', 'agent.h1.b', 'agent.h10.b', 'agent.h10.c'].map(
    (key) => budget.take(entry(key, 100), false),
  );
  expect(taken.map(({ leftOut }) => leftOut !== undefined)).toEqual([
    ...[false, false, false, false, true],
  ]);
});

it('the records of a host that had none left count again', () => {
  const budget = new RecordBudget(small);
  const key = 'agent.h1.a';
  budget.take(entry(key, 100), false);
  budget.take({ ...entry(key, 0), leftOut: 'too much' }, true);
  const keys = ['agent.h1.b', 'instance.h1.a.s.1', 'run.h1.a.r'];
  const taken = keys.map((one) => budget.take(entry(one, 100), false));
  expect(taken.map(({ leftOut }) => leftOut !== undefined)).toEqual([false, false, true]);
});

it('a removed record makes room, also one that was left out makes none', () => {
  const budget = new RecordBudget(small);
  for (const n of [1, 2]) budget.take(entry(`instance.h1.a.s.${n}`, 100), false);
  expect(budget.take(entry('instance.h1.a.s.3', 60), false).leftOut).toMatch(/of its host/);
  budget.take(entry('instance.h1.a.s.3', undefined), true);
  expect(budget.leftOut.size).toBe(0);
  expect(budget.take(entry('instance.h1.a.s.4', 60), false).leftOut).toBeDefined();
  budget.take(entry('instance.h1.a.s.1', undefined), true);
  expect(budget.take(entry('instance.h1.a.s.5', 60), false).leftOut).toBeUndefined();
});

it('a record that was left out where it was read stays left out', () => {
  const budget = new RecordBudget(small);
  const left = { ...entry('instance.h1.a.s.1', 0), leftOut: 'too much' };
  expect(budget.take(left, false)).toBe(left);
  expect(budget.leftOut.get('h1')?.size).toBe(1);
});

it('a fleet has the records that are too much as unreadable, with the rule, until they are removed', () => {
  const fleet = new Fleet();
  const key = 'instance.h1.a.web.w1';
  fleet.apply([entry(key, recordLimits.record + 1)], 1);
  expect([...fleet.unreadable()]).toMatchObject([{ key, why: expect.stringContaining('262144') }]);
  expect([...(fleet.leftOut.get('h1') ?? [])]).toEqual([key]);
  fleet.apply([{ key, revision: 2, text: undefined }], 2);
  expect([fleet.leftOut.size, [...fleet.unreadable()]]).toEqual([0, []]);
});
