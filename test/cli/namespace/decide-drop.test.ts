import { expect, it } from 'vitest';
import { decideDrop } from '../../../src/cli/namespace/decide-drop.ts';

const asked = (users: readonly string[], more = {}) => {
  const seen: string[] = [];
  const all = {
    ...{ dryRun: false, force: false, users: async () => users },
    isAgreed: async () => {
      seen.push('asked');
      return true;
    },
    ...more,
  };
  return { all, seen };
};

it('a namespace is deleted if nothing uses it and the user agrees', async () => {
  expect(await decideDrop(asked([]).all)).toEqual({ kind: 'drop', users: [] });
  const unwanted = asked([], { isAgreed: async () => false });
  expect(await decideDrop(unwanted.all)).toMatchObject({ kind: 'not-agreed' });
});

it('a namespace that a process uses is not deleted, and no question is asked, unless it is forced', async () => {
  const used = asked(['agent h1/a']);
  expect(await decideDrop(used.all)).toEqual({ kind: 'in-use', users: ['agent h1/a'] });
  expect(used.seen).toEqual([]);
  expect(await decideDrop(asked(['agent h1/a'], { force: true }).all)).toMatchObject({
    kind: 'drop',
  });
});

it('a namespace that a process began to use during the question is not deleted', async () => {
  const users: string[] = [];
  const isAgreed = async () => users.push('agent h1/a') > 0;
  expect(await decideDrop(asked(users, { isAgreed }).all)).toMatchObject({ kind: 'in-use' });
});

it('a dry run deletes and asks nothing, also if it is forced', async () => {
  const dry = asked(['agent h1/a'], { dryRun: true, force: true });
  expect(await decideDrop(dry.all)).toEqual({ kind: 'dry-run', users: ['agent h1/a'] });
  expect(dry.seen).toEqual([]);
});
