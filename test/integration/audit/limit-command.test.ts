import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import type { Terminal } from '../../../src/cli/terminal/io.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { fakeTerminal } from '../../cli/support/fake-terminal.ts';
import { withServer } from '../harness/with-server.ts';
import { settingsOf, startChangingFleet } from './support/changing-fleet.ts';

const context = withServer();

/** A fleet whose history is larger than its policy allows, with a signed keyframe of it. */
async function tooLarge() {
  const fleet = await startChangingFleet(context.server.url);
  await fleet.change(60, 'x'.repeat(30_000));
  const keyframe = await fleet.keep();
  const place = ['--servers', context.server.url, '--namespace', fleet.names.namespace];
  return {
    ...fleet,
    keyframe,
    /** Runs `rollcall …` in this process; a fault is its text. */
    async run(args: readonly string[], terminal: Partial<Terminal> = {}) {
      const { io, out, err } = fakeTerminal(terminal);
      const starting = { version: '0', starting() {} };
      const code = await runProgram([...args, ...place], io, starting).catch((cause) => {
        if (!(cause instanceof Fault)) throw cause;
        return cause.message;
      });
      return { code, text: [...out, ...err].join('\n') };
    },
  };
}

const terminal = (answer: () => Promise<string>): Partial<Terminal> => ({
  isTerminal: true,
  signals: { on: () => {}, off: () => {}, stdin: { isTTY: true } },
  ask: answer,
});
const none = { max_bytes: -1, max_age: 0, discard: 'new' };
const limited = { max_bytes: 1_000_000, discard: 'old' };

describe('rollcall audit limit', () => {
  test('shows what it would remove, removes it after a yes only, and later removes the limit', async () => {
    await using fleet = await tooLarge();
    const { run, keyframe } = fleet;
    const { last } = await fleet.store.audit.range();
    const set = await run(['policy', 'set', 'retention.maxBytes=1MB']);
    const differ = 'the policy says retention.maxBytes=1MB, the history still has no limit';
    expect(set.text).toContain(differ);

    const dry = await run(['audit', 'limit', '--dry-run']);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.text).toContain('limits of the history: no limit → retention.maxBytes=1MB');
    expect(dry.text).toContain(`the signed keyframe at ${keyframe} covers them`);
    const told = /about (\d+) events are removed; the oldest that is kept is (\d+), of/.exec(
      dry.text,
    );
    const [removed, oldest] = [Number(told?.[1]), Number(told?.[2])];
    expect(oldest).toBe(removed + 1);

    expect(await run(['audit', 'limit'])).toMatchObject({
      code: 1,
      text: expect.stringContaining('nothing was changed'),
    });
    expect(
      await run(
        ['audit', 'limit'],
        terminal(async () => 'n'),
      ),
    ).toMatchObject({ code: 1 });
    const json = await run(['audit', 'limit', '--json']);
    expect(JSON.parse(json.text)).toMatchObject({
      ...{ event: 'history-not-limited', keyframe, before: {} },
      removes: { events: removed, estimate: true },
    });
    expect(await settingsOf(fleet)).toMatchObject(none);
    expect(await fleet.store.audit.range()).toMatchObject({ first: 1 });

    expect(
      await run(
        ['audit', 'limit'],
        terminal(async () => 'y'),
      ),
    ).toMatchObject({ code: 0 });
    expect(await settingsOf(fleet)).toMatchObject(limited);
    const { first } = await fleet.store.audit.range();
    // The events are of different sizes, and the number is said from their average.
    expect(Math.abs(first - oldest)).toBeLessThan(last / 5);

    const unset = await run(['policy', 'set', 'retention.maxBytes=none']);
    expect(unset.text).toContain(
      'the policy says no limit, the history still has retention.maxBytes=1MB',
    );
    expect((await run(['policy'])).text).toContain('the history still has retention.maxBytes=1MB');
    expect(await settingsOf(fleet)).toMatchObject(limited);
    expect(await run(['audit', 'limit'])).toMatchObject({
      code: 0,
      text: expect.stringContaining('the history has no limit'),
    });
    expect(await settingsOf(fleet)).toMatchObject(none);
    expect((await run(['policy'])).text).not.toContain('the policy says');
  });

  test('and policy leave limits that were set by hand as they are without a policy', async () => {
    await using fleet = await tooLarge();
    const { run, store, keyframe } = fleet;
    await store.audit.limit({ maxBytes: 50_000_000 }, keyframe);
    expect((await run(['policy'])).text).not.toContain('differ');
    expect((await run(['audit', 'limit'])).code).toContain('there is no policy');
    await run(['policy', 'set', 'seats=3', 'flaps=4']);
    expect((await run(['policy'])).text).toContain('the limits differ');
  });

  test('says that a limit is larger than the storage of the server, and sets nothing', async () => {
    await using fleet = await tooLarge();
    await fleet.run(['policy', 'set', 'retention.maxBytes=1000TB']);
    const refused = await fleet.run(['audit', 'limit', '--yes']);
    expect(refused.code).toMatch(/no room for a history of 1000000000000000 bytes: insufficient/);
    expect(await settingsOf(fleet)).toMatchObject(none);
  });

  test('sets nothing if the policy was changed while it waited for the answer', async () => {
    await using fleet = await tooLarge();
    await fleet.wish({ maxBytes: 1_000_000 });
    const answer = async () => {
      await fleet.wish({ maxBytes: 50_000_000 });
      return 'y';
    };
    const { code } = await fleet.run(['audit', 'limit'], terminal(answer));
    expect(code).toContain('the policy has changed meanwhile');
    expect(await settingsOf(fleet)).toMatchObject(none);
    expect(await fleet.store.audit.range()).toMatchObject({ first: 1 });
  });

  test('follows the policy: one that died between the two is run again, before and after its write', async () => {
    await using fleet = await tooLarge();
    const { run, store, keyframe } = fleet;
    await run(['policy', 'set', 'retention.maxBytes=1MB']);
    expect(await settingsOf(fleet)).toMatchObject(none);
    const dies = () => Promise.reject(new Error('the process dies here'));
    await expect(store.audit.limit({ maxBytes: 1_000_000 }, keyframe, dies)).rejects.toThrow(
      'dies',
    );
    expect(await settingsOf(fleet)).toMatchObject(none);
    expect((await run(['doctor'])).text).toContain('the history does not have the limits');

    await store.audit.limit({ maxBytes: 1_000_000 }, keyframe);
    const { first } = await store.audit.range();
    expect(await run(['audit', 'limit'])).toMatchObject({ code: 0 });
    expect(await settingsOf(fleet)).toMatchObject(limited);
    expect(await store.audit.range()).toMatchObject({ first });
    expect((await run(['doctor'])).text).not.toContain('the history does not have the limits');
  });

  test('reads the settings again if the process stood still before the change, and keeps those of others', async () => {
    await using fleet = await tooLarge();
    const { jsm, names, store, keyframe } = fleet;
    let asked = 0;
    const standsStill = async () => {
      asked += 1;
      if (asked > 1) return true;
      const { config } = await jsm.streams.info(names.auditStream);
      await jsm.streams.update(names.auditStream, { ...config, description: 'of another' });
      await sleep(2500);
      return true;
    };
    await store.audit.limit({ maxBytes: 1_000_000 }, keyframe, standsStill);
    expect(await settingsOf(fleet)).toMatchObject({ ...limited, description: 'of another' });
    expect(asked).toBeGreaterThan(1);
  });
});
