import { ZoneName } from '../../../src/domain/identity/names.ts';
import { brakeKey } from '../../../src/domain/identity/registry-keys.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import * as lie from './histories.ts';
import { died, inPeace, type Lies, putRecord } from './notifications.ts';
import { expiredAfter } from './verdicts.ts';

const instanceKey = 'instance.h1.a.web.1';

const brake = {
  ...{ v: 1, zone: 'default', run: lie.run(7), state: 'braked', n: 1, hash: 'f'.repeat(64) },
  ...{ seen: 4, suspect: 2, expired: 0, since: 0 },
};

/** Violations in a single write. */
export const written: Lies = {
  G1: [
    [
      'a collector removes what a live run owns',
      /which lives, removed by/,
      (_, checks) => {
        lie.write(checks, [lie.claimed(lie.ofRun(1), 'started')]);
        lie.write(checks, [lie.claimed(lie.ofInstance(1), 'removed', lie.another)]);
      },
    ],
    [
      'a leftover is removed before its time',
      /removed after 15000 ms/,
      (_, checks) => {
        const written = { ...lie.removedAt(instanceKey, ''), text: '{}' };
        lie.write(checks, [lie.claimed(lie.ofInstance(1), 'registered')], [written]);
        const removed = lie.claimed(lie.ofInstance(1), 'removed', lie.another);
        const event = { ...removed.event, why: 'orphan' };
        lie.write(checks, [{ ...removed, event }], [], seconds(115));
      },
    ],
    [
      'a collector changes what it does not own',
      /failed by another/,
      (_, checks) => lie.write(checks, [lie.claimed(lie.ofInstance(1), 'failed', lie.another)]),
    ],
  ],
  G2: [
    [
      'the removed record is not the judged record',
      /that was not judged/,
      (_, checks) => {
        const end = lie.claimed(lie.ofInstance(1), 'removed', { record: null, prev: 'judged' });
        lie.write(checks, [end], [lie.removedAt(instanceKey, '{"hash":"written since"}')]);
      },
    ],
  ],
  G3: [
    [
      'an expired run writes again',
      /is expired, and wrote registered/,
      (_, checks) => {
        lie.write(checks, [lie.claimed(lie.ofRun(1), 'expired', lie.another)]);
        lie.write(checks, [lie.claimed(lie.ofInstance(1), 'registered')]);
      },
    ],
    [
      'a run takes a slot twice',
      /was started twice/,
      (_, checks) => {
        for (const type of ['started', 'started'])
          lie.write(checks, [lie.claimed(lie.ofRun(1), type)]);
      },
    ],
    [
      'the agent of an expired run serves',
      /is expired, and its agent is serving/,
      async (sim, checks) => {
        const of = { ...lie.ofRun(1), run: sim.roster.agentAt('h1/a')?.agent.run ?? lie.run(1) };
        lie.write(checks, [lie.claimed(of, 'expired', lie.another)]);
        await checks.onPeace?.();
      },
    ],
  ],
  G4: [
    [
      'an agent record is removed before its instances',
      /agent.h1.a went before instance/,
      (_, checks) => lie.write(checks, [], [lie.removedAt('agent.h1.a', '{}')]),
    ],
    ['a dead run is never removed', /was not gone in time/, died({ goneAt: undefined })],
    ['a dead run is removed too late', /was gone after 60000 of/, died({ goneAt: minutes(1) })],
    [
      'a run expires in spite of the brake',
      /1 expired past the brake/,
      (sim, checks) => {
        const key = brakeKey(ZoneName.parse('default'));
        putRecord(sim, key, JSON.stringify(brake));
        expiredAfter(seconds(10))(sim, checks);
      },
    ],
    [
      'two runs expire together while a brake is on',
      /2 expired in 0 ms/,
      (sim, checks) => {
        const key = brakeKey(ZoneName.parse('default'));
        putRecord(sim, key, JSON.stringify(brake));
        const both = [1, 2].map((n) => lie.claimed(lie.ofRun(n), 'expired', lie.another));
        lie.write(checks, both, [{ ...lie.removedAt(key, ''), text: '{}' }]);
      },
    ],
  ],
  G10: [
    [
      'a slot is taken from its holder',
      /which lie000001 holds/,
      (_, checks) => {
        lie.write(checks, [lie.claimed(lie.ofRun(1), 'started')]);
        lie.write(checks, [lie.claimed(lie.ofRun(2), 'started')]);
      },
    ],
    [
      'a slot is taken from a run that answers',
      /which answers, was taken from/,
      async (sim, checks) => {
        await sim.advance(seconds(20));
        const of = { ...lie.ofRun(1), run: sim.roster.agentAt('h1/a')?.agent.run ?? lie.run(1) };
        const evidence = { taken: 'nobody-answers' };
        lie.write(checks, [lie.claimed(of, 'superseded', { by: lie.run(2), evidence })]);
      },
    ],
    [
      'an agent writes under another’s name',
      /wrote registered under h1.a/,
      (_, checks) =>
        lie.write(checks, [lie.claimed(lie.ofInstance(1), 'registered', { from: 'h2/a' })]),
    ],
    [
      'two agents of one name keep running',
      /run\d+,run\d+ in h1\/a/,
      inPeace((sim) => sim.roster.start('h1/a')),
    ],
  ],
  'the audit explains the registry': [
    [
      'a record is written without an event',
      /no event says why/,
      (_, checks) => lie.write(checks, [], [{ ...lie.removedAt(instanceKey, ''), text: '{}' }]),
    ],
    [
      'a record differs from its event',
      /is not as failed#1 says/,
      (_, checks) =>
        lie.write(
          checks,
          [lie.claimed(lie.ofInstance(1), 'failed', { record: { port: 80 } })],
          [{ ...lie.removedAt('instance.h1.a.web.1', ''), text: '{"port":81}' }],
        ),
    ],
    [
      'an event is stored without its record',
      /wrote no record/,
      (_, checks) => lie.write(checks, [lie.claimed(lie.ofInstance(1), 'failed')]),
    ],
  ],
};
