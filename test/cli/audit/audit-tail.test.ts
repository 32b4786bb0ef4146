import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { historyFile } from '../../../src/adapters/files/history-file.ts';
import { eventKinds } from '../../../src/cli/audit/event-kinds.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { firstStoredAfter } from '../../../src/runtime/operator/first-stored-after.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const file = fileURLToPath(new URL('../../fixtures/golden/killed.ndjson.gz', import.meta.url));

async function tail(...argv: readonly string[]) {
  const { io, out } = fakeTerminal();
  const args = ['audit', 'tail', ...argv, '--file', file, '--json'];
  await runProgram(args, io, { version: '0', starting() {} });
  return out.map((line) => JSON.parse(line));
}

async function stored() {
  const all: { seq: number; storedAt: number; type: string }[] = [];
  for await (const one of historyFile(file).read(0)) {
    const read = parseAuditEvent(one);
    if (read.kind === 'event') all.push({ ...one, type: read.event.event.type });
  }
  return all;
}

describe('audit tail --from', () => {
  it('begins at a sequence, at the start, or at a time', async () => {
    const all = await stored();
    const seqs = async (from: string) => (await tail('--from', from)).map(({ seq }) => seq);
    expect(await seqs('start')).toEqual(all.map(({ seq }) => seq));
    expect(await seqs('18')).toEqual(all.map(({ seq }) => seq).filter((seq) => seq >= 18));
    const middle = all[Math.floor(all.length / 2)]?.storedAt ?? 0;
    const late = all.filter(({ storedAt }) => storedAt >= middle).map(({ seq }) => seq);
    expect(late.length).toBeLessThan(all.length);
    expect(await seqs(new Date(middle).toISOString())).toEqual(late);
    expect(await seqs('10m ago')).toEqual([]);
    expect(await firstStoredAfter(historyFile(file), middle)).toBeLessThanOrEqual(late[0] ?? 0);
  });

  it('refuses what is no moment, and says what is', async () => {
    await expect(tail('--from', 'teatime')).rejects.toThrow(
      /--from 'teatime': a sequence .*10m ago/,
    );
  });
});

describe('audit tail --kind', () => {
  it('shows only the events of a machine, or of a type', async () => {
    const runs = await tail('--kind', 'run', '--from', 'start');
    expect(new Set(runs.map(({ of }) => of.entity))).toEqual(new Set(['run']));
    const types = await tail('--kind', 'suspected,expired');
    expect(new Set(types.map(({ event }) => event.type))).toEqual(
      new Set(['suspected', 'expired']),
    );
  });

  it('refuses what no event can be, and lists the kinds', async () => {
    const refused = tail('--kind', 'suspectd');
    await expect(refused).rejects.toThrow("--kind 'suspectd' is no machine and no event");
    await expect(refused).rejects.toHaveProperty('hint', expect.stringContaining('suspected'));
  });

  it('knows the type of each event of a recorded history', async () => {
    const kinds = eventKinds();
    for (const { type } of await stored()) expect(kinds).toContain(type);
  });
});
