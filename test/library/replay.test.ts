import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Fault, replay } from '../../src/index.ts';

/** Two agents, h1 with w1 and w2, h2 with w3; h1 is killed and its leftovers are removed. */
const file = fileURLToPath(new URL('../fixtures/golden/killed.ndjson.gz', import.meta.url));
const seen = async (at: Date | string) => {
  const { instances, seq, caveats } = await replay({ file, at });
  return { ids: instances().map(({ id, state }) => `${id} ${state}`), seq, caveats };
};

describe('a past fleet from a file', () => {
  test('is available at the end and at any moment before', async () => {
    expect(await seen('now')).toEqual({ ids: ['w3 live'], seq: 24, caveats: [] });
    const whole = ['w1 live', 'w2 live', 'w3 live'];
    expect(await seen('before:18')).toEqual({ ids: whole, seq: 17, caveats: [] });
    const doubted = ['w1 dubious', 'w2 dubious', 'w3 live'];
    expect(await seen('18')).toEqual({ ids: doubted, seq: 18, caveats: [] });
  });

  test('at a time of the audit’s clock includes every event stored by then', async () => {
    const { at } = await replay({ file, at: '18' });
    expect((await seen(new Date(at))).seq).toBe(18);
    expect((await seen(new Date(at - 1))).seq).toBe(17);
  });

  test('has the rows of a directory, by service or all', async () => {
    const fleet = await replay({ file, at: '18' });
    expect(fleet.instances('web')).toHaveLength(3);
    expect(fleet.instances('db')).toEqual([]);
    expect(fleet.instances()[0]).toMatchObject({ reason: 'silent', host: 'h1' });
    expect(fleet.agents().map(({ host, state }) => `${host} ${state}`)).toEqual([
      'h1 suspect',
      'h2 live',
    ]);
  });

  test('reports a moment before its start or after its end', async () => {
    const early = await seen(new Date(0));
    expect(early).toMatchObject({ ids: [], seq: 0, caveats: [expect.stringContaining('#1')] });
    expect((await seen('99')).caveats).toEqual([expect.stringContaining('ends at #24')]);
  });

  test.each<[object, string, string]>([
    [{ file, at: 'yesterday' }, 'bad-setting', 'a Date, or a sequence'],
    [{ file, at: 120 }, 'bad-setting', 'a Date, or a sequence'],
    [{ file, at: new Date(Number.NaN) }, 'bad-setting', 'a Date, or a sequence'],
    [{ file: '', at: 'now' }, 'bad-setting', 'file'],
    [{ file: '/no/such/file', at: 'now' }, 'bad-setting', '/no/such/file'],
    [{ file, servers: 'nats://127.0.0.1', at: 'now' }, 'bad-setting', 'one of them'],
    [{ at: 'now' }, 'bad-setting', 'servers'],
    [{ file, at: 'before:abcdef00' }, 'not-found', 'abcdef00'],
  ])('%j is refused: %s', async (options, code, message) => {
    const fault = await replay(options as never).catch((cause: unknown) => cause);
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('stops when its signal aborts', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    for (const at of ['now', 'before:abcdef00']) {
      await expect(replay({ file, at, signal })).rejects.toThrow('enough');
    }
  });
});
