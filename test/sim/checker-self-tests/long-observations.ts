import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import { HostId } from '../../../src/domain/identity/names.ts';
import { days, hours, seconds } from '../../../src/domain/time.ts';
import type { Checks } from '../checkers/checks.ts';
import type { Simulated } from '../simulation-result.ts';
import * as lie from './histories.ts';
import type { Lies } from './notifications.ts';

/** The checker looks every five seconds for this many seconds. */
async function lookFor(duration: number, sim: Simulated, { onLook }: Checks): Promise<void> {
  for (let waited = 0; waited < duration; waited += 5) {
    onLook?.();
    await sim.advance(seconds(5));
  }
  onLook?.();
}

/** A record that gets its revision as its term or token. */
const numbered = (key: string, revision: number, text: string) => ({
  ...{ key, revision, text },
  before: { revision: 0, text: undefined },
});

/** Violations that need a collector that has worked for a while, or writes far apart. */
export const lasting: Lies = {
  'silence under a hold does not count': [
    [
      'a run expires a grace after the end of a hold that its collector saw',
      /lie000001 expired 10000 ms after a hold, not 15899/,
      async (sim, checks) => {
        await lookFor(20, sim, checks);
        const [one] = sim.roster.livingCollectors();
        const by = one?.collector.self.run;
        const hold = { entity: 'hold', host: HostId.parse('h1'), run: lie.run(8) } as const;
        lie.write(checks, [lie.claimed(hold, 'released', lie.another)], [], sim.now);
        const expired = lie.claimed(lie.ofRun(1), 'expired', { by, from: 'c1/collector' });
        lie.write(checks, [expired], [], sim.now + seconds(10));
      },
    ],
  ],
  'a hold lasts until its end': [
    [
      'a collector that is a day ahead ends a hold of an hour after a minute',
      /hold.h1 ended 3540000 ms early/,
      (sim, checks) => {
        const hold = { entity: 'hold', host: HostId.parse('h1'), run: lie.run(8) } as const;
        const until = sim.fleet.world.clock.wall() + hours(1);
        const record = { until } as unknown as AuditEvent['record'];
        lie.write(checks, [lie.claimed(hold, 'planned', { record })], [], sim.now);
        const [one] = sim.roster.livingCollectors();
        one?.process.clock.setWall(days(1));
        const by = one?.collector.self.run;
        const over = lie.claimed(hold, 'ran-out', { by, from: 'c1/collector' });
        lie.write(checks, [over], [], sim.now + seconds(60));
      },
    ],
  ],
  'a silent run is suspect in time': [
    [
      'a collector that sees everything suspects nobody',
      /was silent for [\d.]+ ms, and is not suspect/,
      async (sim, checks) => {
        await lookFor(10, sim, checks);
        for (const { process } of sim.roster.livingCollectors()) {
          process.beforeCommit = () => new Promise(() => {});
        }
        await sim.roster.kill('h1/a');
        await lookFor(40, sim, checks);
      },
    ],
  ],
  'a blind collector judges nobody and gives its seat up': [
    [
      'a collector that sees nothing keeps its seat',
      /has been blind for \d+ ms, and is watching/,
      async (sim, checks) => {
        await lookFor(10, sim, checks);
        for (const { process } of sim.roster.livingCollectors()) sim.goesUnseen(process);
        await lookFor(30, sim, checks);
      },
    ],
    [
      'a collector that sees nothing expires a run',
      /lie000001 expired by one that had been blind for/,
      async (sim, checks) => {
        const [one] = sim.roster.livingCollectors();
        if (one) sim.goesUnseen(one.process);
        await sim.advance(seconds(20));
        const by = one?.collector.self.run;
        const at = one?.process.ports.clock.wall() ?? 0;
        lie.write(checks, [lie.claimed(lie.ofRun(1), 'expired', { by, from: 'c1/collector', at })]);
      },
    ],
  ],
  'terms and tokens never repeat': [
    [
      'a slot gets the same term twice',
      /agent.h1.a has the number 9 after 9/,
      (_, checks) => {
        const taken = numbered('agent.h1.a', 9, '{"term":0}');
        lie.write(checks, [], [taken]);
        lie.write(checks, [], [taken]);
      },
    ],
    [
      'the token of a name decreases under another owner',
      /web.1 has the number 8 after 9/,
      (_, checks) => {
        lie.write(checks, [], [numbered('instance.h1.a.web.1', 9, '{"token":0}')]);
        lie.write(checks, [], [numbered('instance.h2.a.web.1', 8, '{"token":0}')]);
      },
    ],
  ],
};
