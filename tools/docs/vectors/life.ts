import {
  agentSubject,
  collector,
  type Fields,
  ids,
  instanceSubject,
  LifeWriter,
  namespace,
  own,
  type VectorStep,
} from './life-writer.ts';

export interface LifeVectors {
  readonly about: string;
  readonly namespace: string;
  readonly steps: readonly VectorStep[];
}

const present = (phase: string, sight = 'clear') => ({ present: { phase, sight } });

/** The life of one agent from its lease to its farewell, with a suspicion by a collector in between. */
export function lifeVectors(): LifeVectors {
  const life = new LifeWriter();
  const actor = own;
  const runEvent = (event: Fields, from: unknown, to: unknown, more: Fields = {}) => {
    const before = life.record(agentSubject);
    const n = Number(before['n'] ?? 0) + 1;
    const of = { entity: 'run', ...own };
    return { of, n, event, from, to, actor, ...more, prev: before['hash'] ?? null };
  };
  const turnAgent = (
    does: string,
    type: string,
    [from, to]: readonly [unknown, unknown],
    change: Fields = {},
    {
      without = [],
      ...more
    }: { without?: readonly string[]; actor?: Fields; evidence?: Fields } = {},
  ) => {
    const at = life.tick();
    const isMove = JSON.stringify(from) !== JSON.stringify(to);
    const record = life.next(agentSubject, { ...change, ...(isMove && { since: at }) }, without);
    const expected = life.expected(agentSubject);
    const event = runEvent({ type }, from, to, more);
    life.commit(does, [{ subject: agentSubject, expected, record, event }]);
  };
  const instanceEvent = (id: string, event: Fields, from: unknown, to: unknown) => {
    const before = life.record(instanceSubject(id));
    const n = Number(before['n'] ?? 0) + 1;
    const of = { entity: 'instance', ...own, service: 'web', id };
    return { of, n, event, from, to, actor, prev: before['hash'] ?? null };
  };
  const turnInstance = (
    does: string,
    event: Fields,
    from: string,
    change: Fields,
    without: readonly string[] = [],
  ) => {
    const [id] = ids;
    const subject = instanceSubject(id);
    const record = life.next(subject, { ...change, since: life.tick() }, without);
    const to = change['state'];
    life.commit(does, [
      {
        subject,
        expected: life.expected(subject),
        record,
        event: instanceEvent(id, event, from, to),
      },
    ]);
  };

  life.lease('creates its lease');
  const started = life.tick();
  const agent = {
    v: 1,
    ...own,
    term: 0,
    phase: 'registering',
    ttl: 15_000,
    grace: 30_000,
    process: {
      boot: '5b1e8f0c-0000-4000-8000-000000000000',
      namespace: 'pid:[4026531836]',
      pid: 4242,
    },
    startedAt: started,
    since: started,
    n: 1,
  };
  life.commit('takes the free slot', [
    {
      subject: agentSubject,
      expected: 0,
      record: agent,
      event: runEvent({ type: 'started' }, null, present('registering'), {
        evidence: { taken: 'free' },
      }),
    },
  ]);
  const at = life.tick();
  life.commit(
    'registers two instances, with a fence on the agent record',
    ids.map((id, index) => ({
      subject: instanceSubject(id),
      expected: 0,
      record: {
        v: 1,
        ...own,
        service: 'web',
        id,
        ...(index === 0 && { address: '10.0.0.7', port: 8080 }),
        labels: index === 0 ? { version: '1.2', city: 'Köln' } : {},
        token: 0,
        state: 'serving',
        registeredAt: at,
        since: at,
        n: 1,
      },
      event: instanceEvent(id, { type: 'registered' }, null, 'serving'),
    })),
  );
  const moves = { announced: [present('registering'), present('live')] } as const;
  turnAgent('is live', 'announced', moves.announced, { phase: 'live' });
  life.lease('renews its lease');
  const failed = { type: 'failed', detail: 'disk full' };
  turnInstance('its first instance fails', failed, 'serving', {
    state: 'failing',
    detail: 'disk full',
  });
  turnInstance(
    'its first instance works again',
    { type: 'recovered' },
    'failing',
    { state: 'serving' },
    ['detail'],
  );
  const suspicion = life.tick();
  turnAgent(
    'is suspected by a collector',
    'suspected',
    [present('live'), present('live', 'suspect')],
    { suspect: { reason: 'silent', since: suspicion + 1000 } },
    { actor: collector },
  );
  turnAgent(
    'refutes the suspicion',
    'regranted',
    [present('live', 'suspect'), present('live')],
    {},
    { without: ['suspect'] },
  );
  turnAgent('begins to leave', 'withdrawn', [present('live'), present('leaving')], {
    phase: 'leaving',
  });
  life.tick();
  const left = { type: 'removed', why: 'left' };
  life.commit('removes its instances and its record', [
    ...ids.map((id) => ({
      subject: instanceSubject(id),
      expected: life.expected(instanceSubject(id)),
      record: undefined,
      event: instanceEvent(id, left, 'serving', 'removed'),
    })),
    {
      subject: agentSubject,
      expected: life.expected(agentSubject),
      record: undefined,
      event: runEvent({ type: 'left' }, present('leaving'), 'left'),
    },
  ]);
  life.lease('releases its lease', ['KV-Operation', 'PURGE'], ['Nats-TTL', '60s']);
  const about =
    'The life of an agent in exact bytes: what it publishes, in order. The registry stream begins with the revision 1001, the leases with 1. `hash` is the SHA-256 of the payload. The order of fields in a record or an event is free, but an event is stored as these bytes.';
  return { about, namespace, steps: life.steps };
}
