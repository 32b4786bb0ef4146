import { describe, expect, it } from 'vitest';
import { differenceLine, fleetDiff } from '../../../src/cli/audit/fleet-diff.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';
import type { FleetRows } from '../../../src/domain/fleet/fleet-rows.ts';
import { agentRow as agent, instanceRow as instance } from '../support/sample-rows.ts';

const before: FleetRows = {
  agents: [agent({ host: 'h1', agent: 'a' }), agent({ host: 'h2', agent: 'a' })],
  instances: [instance({ host: 'h1', id: 'w1' }), instance({ host: 'h1', id: 'w2' })],
};
const told = (after: Partial<FleetRows>) =>
  fleetDiff(before, { ...before, ...after }).map((one) => differenceLine(one, paletteOf(1)));

describe('the difference of a fleet between two moments', () => {
  it('is empty if both are equal', () => {
    const later = before.instances.map((row) => ({ ...row, since: 99, revision: 99 }));
    expect(told({ instances: later })).toEqual([]);
  });

  it('lists what was added and what was removed', () => {
    expect(
      told({
        agents: before.agents.slice(0, 1),
        instances: [...before.instances.slice(1), instance({ host: 'h1', id: 'w3' })],
      }),
    ).toEqual([
      '- agent    h2/a  ● live',
      '+ instance web/w3 on h1/a  ● live',
      '- instance web/w1 on h1/a  ● live',
    ]);
  });

  it('lists each changed state, reason, owner, address and label with both values', () => {
    const [first, second] = before.instances;
    if (!first || !second) throw new Error('two');
    expect(
      told({
        agents: [
          agent({ host: 'h1', agent: 'a', state: 'suspect', reason: 'silent' }),
          agent({ host: 'h2', agent: 'a', run: 'another0' }),
        ],
        instances: [
          { ...first, state: 'dubious', reason: 'silent' },
          { ...second, run: 'another0', port: 81, labels: { v: '2' } },
        ],
      }),
    ).toEqual([
      '~ agent    h1/a  ● live → ◌ suspect (silent)',
      expect.stringMatching(/^~ agent {4}h2\/a {2}run \w+ → another0$/),
      '~ instance web/w1 on h1/a  ● live → ◌ dubious (silent)',
      expect.stringMatching(
        /^~ instance web\/w2 on h1\/a {2}run \w+ → another0, at .* → .*81, labels .* → \{"v":"2"\}$/,
      ),
    ]);
  });
});
