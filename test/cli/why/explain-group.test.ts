import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { explainGroups, parseGroup } from '../../../src/cli/why/explain-group.ts';
import { groupLines } from '../../../src/cli/why/group-lines.ts';
import { present } from '../../../src/cli/why/load-context.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import { scenario } from '../../runtime/support/scenario.ts';
import { until } from '../../runtime/support/until.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const { io } = fakeTerminal();

async function told(fleet: FleetInMemory, text: string): Promise<readonly string[]> {
  const store = memoryStore(fleet.world);
  const group = parseGroup(text);
  if (!group) throw new Error(`${text} is no group`);
  const opened = { history: store.audit, name: 'memory' };
  const groups = await explainGroups(group, opened, (entities) =>
    present(
      entities.flatMap(({ records }) => records),
      store,
      store.audit,
    ),
  );
  return groups.map((one) => groupLines(one, io).join('\n'));
}

describe('rollcall why with the name of', () => {
  scenario('a service explains its instances, also the lost ones', async (fleet) => {
    fleet.collector('watch');
    const a = fleet.agent('h1/a', ['web/w1', 'db/d1']);
    const b = fleet.agent('h2/a', ['web/w2']);
    const c = fleet.agent('h3/a', ['web/w3']);
    await fleet.advance(seconds(10));
    await fleet.kill(b.process);
    await until(fleet, () => fleet.phase('h2/a') === 'absent');
    a.process.freeze();
    await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
    const [text = '', ...more] = await told(fleet, 'web');
    expect(more).toEqual([]);
    expect(text).toMatch(/^service web: 3 instances: 1 dubious, 1 gone, 1 live\n/);
    expect(text).toContain('web/w1 on h1/a is dubious: its agent has been silent');
    expect(text).toContain('web/w2 is not registered');
    expect(text).toContain('\nlive: web/w3\n');
    expect(text).not.toContain('db/d1');
    expect(text).toContain('rollcall why SERVICE/ID');
    await c.agent.stop();
    await fleet.advance(seconds(2));
    // What was stopped in an orderly way is not lost.
    expect((await told(fleet, 'web'))[0]).not.toContain('w3');
    a.process.thaw();
  });

  scenario('a host explains its agents; a name of both, both', async (fleet) => {
    fleet.collector('watch');
    fleet.agent('web/a', ['web/w1']);
    const b = fleet.agent('web/b', ['db/d1']);
    await fleet.advance(seconds(10));
    await fleet.kill(b.process);
    await until(fleet, () => fleet.phase('web/b') === 'absent');
    const both = await told(fleet, 'web');
    expect(both).toHaveLength(2);
    expect(both[1]).toMatch(/^host web: 2 agents: 1 live, 1 gone\n/);
    expect(both[1]).toContain('live: web/a');
    expect(await told(fleet, 'service:web')).toEqual([both[0]]);
    await expect(told(fleet, 'nope')).rejects.toThrow("'nope' is neither a service nor a host");
  });
});

it.each(['web/w1', 'run:abcdefgh', 'agent:h/a', 'hold:h1', 'policy', ''])(
  '%s names one entity, no group',
  (text) => {
    expect(parseGroup(text)).toBeUndefined();
  },
);

it('why of a service in a file prints one document per instance, and needs no slash', async () => {
  const file = fileURLToPath(new URL('../../fixtures/golden/killed.ndjson.gz', import.meta.url));
  const { io: terminal, out } = fakeTerminal();
  const argv = ['why', 'web', '--at', '18', '--file', file, '--json'];
  expect(await runProgram(argv, terminal, { version: '0', starting() {} })).toBe(0);
  const documents = out.map((line) => JSON.parse(line));
  expect(documents.map(({ kind, id }) => `${kind} ${id}`)).toEqual(
    ['w1', 'w2', 'w3'].map((id) => `instance ${id}`),
  );
});
