import { describe, expect, test } from 'vitest';
import { allAgents } from '../../src/domain/identity/registry-keys.ts';
import type { Revision } from '../../src/domain/time.ts';
import type { Store } from '../../src/ports/ports.ts';
import { allOf, auditOf, committed, event, revisionIn, write } from './requests.ts';
import { eventually } from './support/eventually.ts';
import { agent, eventOf } from './support/sample-names.ts';
import type { Effort, Open, Subject } from './support/store-under-test.ts';
import { Observed } from './support/watch-recorder.ts';

/** Writes the record of an agent with its event. */
async function register(store: Store, n: number): Promise<Revision> {
  const revisions = await committed(store, write(agent(n), 0), event(eventOf(n, 1)));
  return revisionIn(revisions, agent(n));
}

/** Waits until the audit has the events of exactly these agents, in this order. */
const untilAudited = (subject: Subject, store: Store, ...agents: readonly number[]) =>
  eventually(subject, async () => {
    const subjects = (await auditOf(store)).map((one) => one.subject);
    expect(subjects).toEqual(agents.map((n) => eventOf(n, 1)));
  });

/** Waits until the watch has the records of exactly these agents. */
const untilSeen = (subject: Subject, seen: Observed, ...agents: readonly number[]) =>
  eventually(subject, () => expect(seen.entries.map(({ key }) => key)).toEqual(agents.map(agent)));

const agentsIn = ({ registry }: Store) =>
  new Observed((signal) => registry.watch([allAgents], signal));

const settleAll = async ({ audit }: Store) => {
  for (const loss of await audit.losses()) await audit.settle(loss);
};

export function lossContract(open: Open, { timeIsFree, isPatient }: Effort): void {
  describe('a registry that is put back to an older copy', () => {
    test('repeats no revision, and the audit gets every later event', async () => {
      await using subject = await open();
      const { store } = subject;
      await register(store, 1);
      const copy = await subject.copy('registry');
      const lost = await register(store, 2);
      await untilAudited(subject, store, 1, 2);
      await copy.restore();
      await using next = await subject.other();
      expect(await next.audit.losses()).toMatchObject([{ kind: 'registry-lost-tail' }]);
      expect(await register(next, 3)).toBeGreaterThan(lost);
      await untilAudited(subject, next, 1, 2, 3);
      expect(await next.registry.read(agent(2))).toMatchObject({ text: undefined });
      await settleAll(next);
      expect(await next.audit.losses()).toEqual([]);
      expect(await next.audit.tidy()).toBeGreaterThan(0);
    });

    test('is read again by a watch from the beginning, also if its sequences are used again', async () => {
      await using subject = await open();
      const { store } = subject;
      await register(store, 1);
      const copy = await subject.copy('registry');
      await using seen = agentsIn(store);
      const lost = await register(store, 2);
      await untilSeen(subject, seen, 1, 2);
      await copy.restore();
      // Another tool does not go on behind the lost sequences.
      await subject.put('registry', agent(3), 'by hand');
      await subject.put('registry', agent(4), 'by hand');
      expect(await store.registry.read(agent(3))).toMatchObject({ revision: lost });
      await untilSeen(subject, seen, 1, 3, 4);
      expect(seen.broken).toEqual([]);
    });
  });

  if (timeIsFree || isPatient) restoredWhileRunning(open);

  describe('an audit that is put back to an older copy', () => {
    test('from before the last trim is named, and keeps the outbox until the loss is settled', async () => {
      await using subject = await open();
      const { store } = subject;
      await register(store, 1);
      await untilAudited(subject, store, 1);
      const copy = await subject.copy('audit');
      await register(store, 2);
      await register(store, 3);
      await untilAudited(subject, store, 1, 2, 3);
      expect(await store.audit.tidy()).toBe(2);
      await copy.restore();
      await using next = await subject.other();
      await register(next, 4);
      await untilAudited(subject, next, 1, 3, 4);
      // A server that restores a stream while it runs stamps it as created again.
      const kind = expect.stringMatching(/^audit-(lost-tail|made-anew)$/);
      expect(await next.audit.losses()).toMatchObject([{ kind }]);
      await expect(next.audit.tidy()).rejects.toMatchObject({ code: 'history-lost' });
      await settleAll(next);
      expect(await next.audit.losses()).toEqual([]);
      expect(await next.audit.tidy()).toBe(1);
    });

    test('from after the last trim copies the missing events again', async () => {
      await using subject = await open();
      const { store } = subject;
      await register(store, 1);
      await untilAudited(subject, store, 1);
      const copy = await subject.copy('audit');
      await register(store, 2);
      await untilAudited(subject, store, 1, 2);
      await copy.restore();
      await using next = await subject.other();
      await untilAudited(subject, next, 1, 2);
      expect(await next.audit.losses()).toEqual([]);
    });
  });

  describe('a stream that was deleted and created again', () => {
    test('is named if it is the registry, and begins behind all earlier revisions', async () => {
      await using subject = await open();
      const { store } = subject;
      const before = await register(store, 1);
      await untilAudited(subject, store, 1);
      await using seen = agentsIn(store);
      await untilSeen(subject, seen, 1);
      await subject.makeAnew('registry');
      await using next = await subject.other();
      expect(await next.audit.losses()).toMatchObject([{ kind: 'registry-made-anew', kept: 0 }]);
      expect(await register(next, 2)).toBeGreaterThan(before);
      await untilSeen(subject, seen, 2);
      expect(seen.broken).toEqual([]);
    });

    test('is named if it is the audit and events had left the outbox', async () => {
      await using subject = await open();
      const { store } = subject;
      await register(store, 1);
      await register(store, 2);
      await untilAudited(subject, store, 1, 2);
      expect(await store.audit.tidy()).toBe(1);
      await subject.makeAnew('audit');
      await using next = await subject.other();
      await register(next, 3);
      await untilAudited(subject, next, 2, 3);
      expect(await next.audit.losses()).toMatchObject([{ kind: 'audit-made-anew' }]);
      await settleAll(next);
      expect(await next.audit.losses()).toEqual([]);
    });
  });

  describe('a watch that the store refuses', () => {
    test('reports this, and shows what it missed once the store accepts it', async () => {
      await using subject = await open();
      const { store } = subject;
      await register(store, 1);
      await using seen = agentsIn(store);
      await untilSeen(subject, seen, 1);
      {
        await using _ = await subject.refuseWatches();
        await eventually(subject, () => expect(seen.kinds.at(-1)).toBe('stale'));
        await register(store, 2);
        await using late = agentsIn(store);
        await eventually(subject, () => expect(late.lastWhy).toMatch(/consumer/));
        await subject.elapse(300);
        expect(new Set(late.kinds)).toEqual(new Set(['stale']));
        expect(seen.entries).toHaveLength(1);
      }
      await untilSeen(subject, seen, 1, 2);
      expect(seen.broken).toEqual([]);
    });
  });
}

function restoredWhileRunning(open: Open): void {
  describe('a registry that is put back to an older copy while the servers run', () => {
    test('has each event in the audit once, and repeats no revision', async () => {
      await using subject = await open();
      const { store } = subject;
      await register(store, 1);
      await register(store, 2);
      await untilAudited(subject, store, 1, 2);
      const copy = await subject.copy('registry', 'while-running');
      const lost = await register(store, 3);
      await untilAudited(subject, store, 1, 2, 3);
      const { last } = await store.audit.range();
      await copy.restore();
      await using next = await subject.other();
      expect(await next.audit.losses()).toMatchObject([{ kind: 'registry-lost-tail', seq: last }]);
      expect(await register(next, 4)).toBeGreaterThan(lost);
      await untilAudited(subject, next, 1, 2, 3, 4);
      expect(await allOf(next.audit.read(last + 1))).toMatchObject([{ subject: eventOf(4, 1) }]);
      await settleAll(next);
      expect(await next.audit.tidy()).toBe(2);
    });
  });
}
