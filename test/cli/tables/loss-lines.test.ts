import { expect, test } from 'vitest';
import { acknowledgementWords } from '../../../src/cli/tables/acknowledgement-words.ts';
import { lossReport } from '../../../src/cli/tables/loss-lines.ts';
import { zoneName } from '../../../src/cli/terminal/format-time.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const now = new Date(2026, 5, 1, 12, 0, 0).getTime();
const zone = zoneName(now);
const { io } = fakeTerminal();
const losses = {
  lost: ['h1', 'h2'].map((host, n) => ({
    ...{ host, agent: 'a', zone: 'am\u001bs', run: `run${n}`, since: now - 60_000 * (n + 1) },
    instances: [{ service: 'web', id: `w${n}` }],
  })),
  remaining: { agentsIn: () => 1, backIn: () => 0, instancesOf: () => 0 },
};

test('losses are lines of a terminal, with what an operator can do', () => {
  const lines = lossReport(losses, now, io);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines).toEqual([
    `lost: zone am\\x1bs: 2 of 3 agents, 2 instances, removed 11:58:00 to 11:59:00 ${zone}, none back`,
    `lost: service web: 2 of 2 instances, removed 11:58:00 to 11:59:00 ${zone}, none is left`,
    'details: rollcall lost; to acknowledge: rollcall lost ack zone:am\\x1bs',
  ]);
  const back = { ...losses.remaining, backIn: () => 1 };
  expect(lossReport({ ...losses, remaining: back }, now, io)[0]).toMatch(
    /: 3 of 3 agents.*, 1 back$/,
  );
  expect(lossReport(losses, now, io, 'db')).toEqual([]);
  const [first, second] = losses.lost;
  if (!first || !second) throw new Error('two agents are lost');
  const twoZones = { ...losses, lost: [first, { ...second, zone: 'ber' }] };
  expect(lossReport(twoZones, now, io).at(-1)).toContain('rollcall lost ack all');
  expect(lossReport({ ...losses, unknown: 'not known: no rights' }, now, io)).toEqual([
    'not known: no rights',
  ]);
});

test.each([
  [{ zone: 'ams' }, 'losses of zone ams until'],
  [{ zone: '' }, 'losses without a zone until'],
  [{ host: 'h1', agent: 'a' }, 'losses of h1/a until'],
  [{}, 'losses until'],
])('an acknowledgement of %o begins with "%s"', (place, words) => {
  const text = acknowledgementWords({ ...place, until: now, why: 'closed' });
  expect(text).toBe(`${words} 2026-06-01 12:00:00 ${zone} are acknowledged: closed`);
});
