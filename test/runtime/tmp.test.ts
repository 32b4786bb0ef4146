import { test } from 'vitest';
import { seconds } from '../../src/domain/time.ts';
import { FleetInMemory } from './fleet-in-memory.ts';
test('x', async () => {
  const fleet = new FleetInMemory();
  const c = fleet.collector('c1');
  const a = fleet.agent('h1/a', ['web/1', 'web/2']);
  await fleet.advance(seconds(5));
  a.process.freeze();
  const ask = c.process.ports.probe.ask;
  (c.process.ports.probe as any).ask = async (...args: any) => { const x = await (ask as any)(...args); console.log(fleet.clock.monotonic(), 'ask', x); return x; };
  for (let n = 0; n < 30; n++) { await fleet.advance(seconds(1)); console.log(fleet.clock.monotonic(), fleet.phase('h1/a'), c.collector.state); }
  console.log(c.process.commits.map(({commit, outcome}) => [outcome, commit.events[0]?.text.slice(0, 1200)]));
  console.log(c.process.logged.slice(-5));
});
