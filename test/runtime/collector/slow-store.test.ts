import { describe, expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { scenario } from '../support/scenario.ts';

/** Half of each delay is on the way to the store, half on the way back. */
const answersAfter = [0.4, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 20];

describe('a store that answers slowly', () => {
  for (const slow of answersAfter) {
    for (const during of [3, 7, 12, 40]) {
      scenario(
        `after ${slow} s for ${during} s lets the agent serve in the end, with its lease`,
        async (fleet) => {
          const a = fleet.agent('h1/a', ['web/1']);
          const slot = 'h1/a';
          await fleet.advance(seconds(3));
          a.process.line.delay = () => seconds(slow / 2);
          await fleet.advance(seconds(during));
          a.process.line.delay = () => 0;
          await fleet.advance(seconds(slow + 30));
          expect(a.agent.state).toBe('serving');
          expect(fleet.phase(slot)).toBe('live');
          expect(fleet.leaseStands(slot, a.agent.run)).toBe(true);
          expect(fleet.instances(slot)).toEqual({ 'web/1': a.agent.run });
          await fleet.advance(seconds(60));
          expect(a.transitions.at(-1)?.to).toBe('serving');
          expect(fleet.leaseStands(slot, a.agent.run)).toBe(true);
        },
      );

      scenario(
        `after ${slow} s for ${during} s after an outage lets the agent serve in the end, with a collector`,
        async (fleet) => {
          fleet.collector('c1');
          const a = fleet.agent('h1/a', ['web/1']);
          await fleet.advance(seconds(3));
          a.process.line.down = true;
          await fleet.advance(fleet.lease.ttl + seconds(1));
          expect(a.agent.state).toBe('lapsed');
          a.process.line.down = false;
          a.process.line.delay = () => seconds(slow / 2);
          await fleet.advance(seconds(during));
          a.process.line.delay = () => 0;
          await fleet.advance(seconds(slow + 30));
          expect(a.agent.state).toBe('serving');
          expect(fleet.phase('h1/a')).toBe('live');
          expect(fleet.leaseStands('h1/a', a.agent.run)).toBe(true);
          expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run });
        },
      );
    }
  }
});
