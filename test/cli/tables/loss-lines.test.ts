import { expect, test } from 'vitest';
import { acknowledgementWords } from '../../../src/cli/tables/acknowledgement-words.ts';
import { lossReport } from '../../../src/cli/tables/loss-lines.ts';
import { zoneName } from '../../../src/cli/terminal/format-time.ts';
import { wrapText } from '../../../src/cli/terminal/wrap.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const now = new Date(2026, 5, 1, 12, 0, 0).getTime();
const zone = zoneName(now);
const { io } = fakeTerminal();
const losses = {
  lost: ['h1', 'h2'].map((host, n) => ({
    ...{ host, agent: 'a', zone: 'am\u001bs', run: `run${n}`, since: now - 60_000 * (n + 1) },
    instances: [{ service: 'web', id: `w${n}` }],
  })),
  acknowledged: [],
  remaining: { agentsIn: () => 1, backIn: () => [], instancesOf: () => 0, down: () => new Map() },
};

test('losses are lines of a terminal, with what an operator can do', () => {
  const lines = lossReport(losses, now, io);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines).toEqual([
    `lost: service web: 2 of 2 instances, removed 11:58:00 to 11:59:00 ${zone}, none is left`,
    `lost: zone am\\x1bs: 2 of 3 agents, 2 instances, removed 11:58:00 to 11:59:00 ${zone}, none back`,
    "details: rollcall lost; to acknowledge: rollcall lost ack 'zone:am\\x1bs'",
  ]);
  const back = { ...losses.remaining, backIn: () => ['h3/a', 'h\u001b4/a'] };
  expect(lossReport({ ...losses, remaining: back }, now, io).join(' ')).toMatch(
    /: 2 of 3 agents.*, 2 back: h3\/a, h\\x1b4\/a /,
  );
  expect(lossReport(losses, now, io, 'db')).toEqual([]);
  const down = new Map([['db', now - 5000]]);
  const quiet = {
    lost: [],
    acknowledged: losses.lost,
    remaining: { ...losses.remaining, instancesOf: () => 4, down: () => down },
  };
  expect(lossReport(quiet, now, io)).toEqual([
    `none live: service db: 4 instances, since 11:59:55 ${zone}`,
  ]);
  const [open, known] = [losses.lost.slice(0, 1), losses.lost.slice(1)];
  expect(lossReport({ ...losses, lost: open, acknowledged: known }, now, io).slice(0, 2)).toEqual(
    [
      `lost: service web: 1 of 2 instances, removed 11:59:00 ${zone}, none is left, 1 more acknowledged`,
      `lost: zone am\\x1bs: 1 of 3 agents, 1 instance, removed 11:59:00 ${zone}, none back, 1 more acknowledged`,
    ]
      .flatMap((line) => wrapText(line, io.columns))
      .slice(0, 2),
  );
  const [first, second] = losses.lost;
  if (!first || !second) throw new Error('two agents are lost');
  const twoZones = { ...losses, lost: [first, { ...second, zone: 'ber' }] };
  expect(lossReport(twoZones, now, io).at(-1)).toContain('rollcall lost ack all');
  expect(lossReport({ ...losses, lost: [], unknown: 'not known: no rights' }, now, io)).toEqual([
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
