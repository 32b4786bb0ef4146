import { expect, test } from 'vitest';
import { InstanceSpec } from '../../../../src/domain/records/desired-instances.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { FleetInMemory } from '../../support/fleet-in-memory.ts';

const specOf = (n: number, version = '1') =>
  InstanceSpec.parse({ service: 'web', id: `i${n}`, port: 1 + n, labels: { version } });

test('each reload of a list of 1000 instances with one change writes the change and nothing else', async () => {
  const fleet = new FleetInMemory();
  const process = fleet.process('h1');
  let specs = Array.from({ length: 1000 }, (_, n) => specOf(n));
  const { agent } = fleet.agent('h1/a', specs, { process });
  await fleet.advance(seconds(5));
  expect(Object.keys(fleet.instances('h1/a'))).toHaveLength(1000);
  process.commits.length = 0;
  const reloads = 50;
  for (let n = 0; n < reloads; n += 1) {
    specs = specs.with(n, specOf(n, '2'));
    agent.replace(specs);
    await fleet.advance(seconds(0.5));
  }
  const records = process.commits.flatMap(({ commit }) => commit.writes);
  expect(records).toHaveLength(reloads);
}, 60_000);
