import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyLine } from '../../../src/adapters/files/history-line.ts';
import { runProgram } from '../../../src/cli/program.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-why-'));
});
afterAll(() => rm(folder, { recursive: true }));

const events = [...longHistory(20, { agents: 1 })];

/** The output of `rollcall why` for an entity, from a history of these events. */
async function why(name: string, all: readonly StoredEvent[]): Promise<string> {
  const file = join(folder, 'history.ndjson');
  await writeFile(file, all.map((one) => `${historyLine(one)}\n`).join(''));
  const { io, out } = fakeTerminal();
  const code = await runProgram(['why', name, '--file', file], io, {
    version: '1',
    starting: () => {},
  });
  expect(code).toBe(0);
  return out.join('\n');
}

/** A foreign event among the events of a run that no other event names. */
const foreign = (text: string): readonly StoredEvent[] => {
  const last = events.at(-1) as StoredEvent;
  const place = { seq: last.seq + 1, origin: last.origin + 1, storedAt: last.storedAt };
  return [...events, { ...place, subject: 'h9.a.run00000009.1', text }];
};

describe('rollcall why for an entity with only foreign events', () => {
  test('reports that they are unreadable', async () => {
    for (const name of ['h9/a', 'run:run00000009', 'run00000009']) {
      await expect(why(name, foreign('no event'))).rejects.toMatchObject({
        code: 'event-unreadable',
        message: `no event of '${name}' can be read`,
        hint: expect.stringContaining('rollcall audit tail'),
      });
    }
  });

  test('reports no hold, though an event of a hold is among the events of a run', async () => {
    const event = { ...JSON.parse(events[0]?.text ?? ''), n: 1, prev: null, record: null };
    const hold = { ...event, of: { entity: 'hold', host: 'h9', run: 'run00000009' } };
    await expect(why('h9/a', foreign(JSON.stringify(hold)))).rejects.toMatchObject({
      code: 'event-unreadable',
    });
    const run = { ...event, of: { entity: 'run', host: 'h9', agent: 'a', run: 'run00000009' } };
    expect(await why('h9/a', foreign(JSON.stringify(run)))).toContain('h9/a has no record');
  });
});
