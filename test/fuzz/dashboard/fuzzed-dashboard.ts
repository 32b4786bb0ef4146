import fc from 'fast-check';
import { expect } from 'vitest';
import { planLive } from '../../../src/composition/gc-plan-now.ts';
import { parseEntity } from '../../../src/composition/names/entity-name.ts';
import { openRecording } from '../../../src/dashboard/server/history/recorded-source.ts';
import { Actions } from '../../../src/dashboard/server/routes/actions.ts';
import { Streams } from '../../../src/dashboard/server/routes/event-stream.ts';
import { HostId } from '../../../src/domain/identity/names.ts';
import { apiOf, fetched, logged, served } from '../../dashboard/server/support/test-server.ts';
import { historyOf } from '../../fixtures/history/given-history.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';
import { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import { mutated } from '../support/mutated.ts';

export const events = [...longHistory(60, { agents: 2 })];
export const [{ text = '' } = {}] = events;
export const entity = JSON.stringify(JSON.parse(text).of);
const forged = JSON.stringify({ ...JSON.parse(text), to: '__proto__.polluted.yes' });

export const fleet = new FleetInMemory();
export const streams = new Streams();
/** Starts a dashboard on a recording whose first event was forged, and on the fleet. */
export async function startDashboard() {
  const [first, ...rest] = events;
  if (!first) throw new Error('the history is empty');
  const source = await openRecording('a test', historyOf([{ ...first, text: forged }, ...rest]));
  const { ports } = fleet.process('viewer');
  return served(
    apiOf(source, {
      streams,
      actions: new Actions(HostId.parse('viewer'), fleet.lease, ports, (of) =>
        planLive(of, fleet.lease, ports),
      ),
      subjectsOf: (name) => parseEntity(name).flatMap(({ own }) => own),
    }),
  );
}

export const name = fc.constantFrom(
  ...['at', 'time', 'from', 'to', 'before', 'limit', 'full', 'name', 'bins', 'entity', 'event'],
  ...['collapsed', 'theme', '__proto__', 'constructor', 'at[]'],
);
/** An intended status, a fault if it is an error, and no internals of the program. */
export function expectDefined(status: number, body: string): void {
  expect([200, 303, 304, 400, 401, 403, 404, 405, 409, 413, 414]).toContain(status);
  expect(body).not.toMatch(/\n\s+at .*\.(?:ts|js):\d/);
  if (status >= 400 && body.startsWith('{')) {
    expect(JSON.parse(body)).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
    });
  } else if (status >= 400) expect(body).toBe('');
}

/** The dashboard still answers, and has logged no bug. */
export const livesOn = async ({ url }: { readonly url: string }) => {
  expect((await fetched(url, '/api/hello')).status).toBe(200);
  expect(logged).toEqual([]);
};

export const body = mutated(
  fc.constantFrom(
    { host: 'h1', agent: 'a', for: 60_000, why: 'x', as: 'ann' },
    { host: 'h1', as: 'ann' },
  ),
);
