import { minutes, seconds } from '../../../src/domain/time.ts';
import { writeByHand } from '../schedule/manual-edits.ts';
import * as lie from './histories.ts';
import { died, inPeace, instanceIn, type Lies, looked, putRecord } from './notifications.ts';

/** Violations that an observer finds: a consumer, the registry at rest, the cost of a death. */
export const seen: Lies = {
  G5: [
    [
      'a record of a dead run remains',
      /is left of lie000001/,
      inPeace((sim) => {
        const { key, record } = instanceIn(sim);
        putRecord(sim, key, JSON.stringify({ ...record, run: lie.run(1) }));
      }),
    ],
  ],
  G7: [
    ['a death takes one commit too many', /took 5 commits, not 4/, died({ commits: 5 })],
    ['every seat tries twice', /5 attempts by 1 for 4/, died({ attempts: 5 })],
    [
      'two seats act at the same time',
      /was tried by several at once/,
      died({ crowded: ['h1.a.run.3'] }),
    ],
    [
      'a process that does not watch receives heartbeats',
      /does not watch, and heard 1/,
      looked((sim) => {
        const process = sim.roster.agentAt('h1/a')?.process;
        if (process) process.heartbeats = 1;
      }),
    ],
  ],
  G8: [
    [
      'an event is stored twice',
      /its subject was used before/,
      looked((sim) => void sim.fleet.audit.faults.push('h1.a.run#4: its subject was used before')),
    ],
    [
      'a record differs from the end of its chain',
      // Both the watch and `audit verify` report it.
      /the record is not as the event says[\s\S]*\n\{"/,
      inPeace((sim) => {
        const { key, record } = instanceIn(sim);
        putRecord(sim, key, JSON.stringify({ ...record, port: 4711 }));
      }),
    ],
  ],
  G9: [
    [
      'an instance is dubious without a reason',
      /without a reason/,
      looked((sim) => void lie.seeing(sim, [lie.row({ state: 'dubious' })])),
    ],
    [
      'a consumer that is cut off treats its view as current',
      /cut off for \d+ ms, and 0 old/,
      async (sim, { onLook }) => {
        lie.seeing(sim, []);
        const [consumer] = sim.roster.consumers.values();
        if (consumer) consumer.process.line.down = true;
        await sim.advance(seconds(5));
        onLook?.();
      },
    ],
    [
      'a consumer’s view differs from the registry',
      /and there are h1\/a/,
      inPeace((sim) => void lie.seeing(sim, [])),
    ],
    [
      'a consumer is notified of another instance',
      /was told otherwise/,
      looked((sim) => void lie.seeing(sim, [], { notified: [lie.row({})] })),
    ],
    [
      'a port changes without a notification to a consumer',
      /was told otherwise/,
      looked(
        (sim) =>
          void lie.seeing(sim, [lie.row({ port: 81 })], { notified: [lie.row({ port: 80 })] }),
      ),
    ],
    [
      'a view is old after the faults have ended',
      /its view is 60000 ms old/,
      inPeace((sim) => void lie.seeing(sim, [], { age: minutes(1) })),
    ],
    [
      'the instances of a dead run become dubious too late',
      /was dubious after/,
      died({ dubiousAt: seconds(30) }),
    ],
  ],
  G13: [
    [
      'a service is empty after a collector removed its silent instances',
      /web is empty after 1 of lie000001 were collected/,
      async (sim, checks) => {
        const silent = lie.row({ state: 'dubious', reason: 'silent' });
        const seen = lie.seeing(sim, [silent]);
        checks.onLook?.();
        await sim.advance(seconds(1));
        seen.show([]);
        const removal = lie.claimed(lie.ofInstance(1), 'removed', lie.another);
        Object.assign(removal.event, { why: 'owner-expired' });
        lie.write(checks, [removal], [], sim.now);
        checks.onLook?.();
      },
    ],
  ],
  G11: [
    [
      'one name is selected twice',
      /is there twice/,
      looked((sim) => void lie.seeing(sim, [lie.row({}), lie.row({ run: lie.run(2), token: 6 })])),
    ],
    [
      'a token decreases',
      /ran back from 5 to 4/,
      (sim, { onLook }) => {
        const { service, id, run } = instanceIn(sim).record;
        const seen = lie.seeing(sim, [lie.row({ service, id, run, token: 5 })]);
        onLook?.();
        seen.show([lie.row({ service, id, run, token: 4 })]);
        onLook?.();
      },
    ],
  ],
  G12: [
    [
      'an unreadable record is removed',
      /nonsense was not left alone/,
      inPeace((sim) => {
        writeByHand(sim, 'nonsense', '{');
        sim.fleet.byHand('nonsense', undefined);
      }),
    ],
    [
      'an unreadable record is not reported',
      /is not told of nonsense/,
      inPeace((sim) => {
        lie.seeing(sim, []);
        writeByHand(sim, 'nonsense', '{');
      }),
    ],
  ],
};
