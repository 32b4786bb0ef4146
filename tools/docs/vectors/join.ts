/** One record in its key, with its revision. */
interface VectorRecord {
  readonly key: string;
  readonly revision: number;
  /** A record; a text for one that cannot be read. */
  readonly value: Readonly<Record<string, unknown>> | string;
}

/** `<host>/<agent> <run>`: state and reason of its `web/w1`. */
type Rows = Readonly<Record<string, readonly [state: string, reason: string | null]>>;

export interface JoinCase {
  readonly name: string;
  readonly records: readonly VectorRecord[];
  /** How many seats have a holder that judges. */
  readonly seats: number;
  readonly rows: Rows;
  /** The hosts that a pick policy returns for `web`, best first. */
  readonly usable: Readonly<Record<'strict' | 'prefer-live' | 'any', readonly string[]>>;
}

type Fields = Readonly<Record<string, unknown>>;
const hash = '0'.repeat(64);
const [first, second] = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'];

const agent = (revision: number, change: Fields = {}, host = 'h1'): VectorRecord => ({
  key: `agent.${host}.a`,
  revision,
  value: {
    ...{ v: 1, host, agent: 'a', run: first, term: revision, phase: 'live', ttl: 15_000 },
    ...{ grace: 30_000, process: { boot: 'b', namespace: 'n', pid: 1 } },
    ...{ startedAt: 1000, since: 1000, n: 2, hash, ...change },
  },
});

const instance = (revision: number, change: Fields = {}, host = 'h1'): VectorRecord => ({
  key: `instance.${host}.a.web.w1`,
  revision,
  value: {
    ...{ v: 1, host, agent: 'a', run: first, service: 'web', id: 'w1', token: 0 },
    ...{ state: 'serving', labels: {}, registeredAt: 1000, since: 1000, n: 1, hash, ...change },
  },
});

const hold: VectorRecord = {
  key: 'hold.h1',
  revision: 30,
  value: {
    ...{ v: 1, host: 'h1', run: 'cccccccccccccccc', state: 'planned', until: 9_000_000 },
    ...{ by: { host: 'h1', agent: 'operator', run: 'dddddddddddddddd' }, since: 1000, n: 1, hash },
  },
};

const drain = (target: Fields): VectorRecord => ({
  key: `drain.${Object.values(target).join('.')}`,
  revision: 31,
  value: {
    ...{ v: 1, target, run: 'eeeeeeeeeeeeeeee', state: 'draining' },
    ...{ by: { host: 'h1', agent: 'operator', run: 'dddddddddddddddd' }, since: 1000, n: 1, hash },
  },
});

const suspect = { suspect: { reason: 'silent', since: 2000 } };
const mine = `h1/a ${first}`;
const none = { strict: [], 'prefer-live': [], any: [] };
const dubious = { strict: [], 'prefer-live': ['h1'], any: ['h1'] };
const live = { strict: ['h1'], 'prefer-live': ['h1'], any: ['h1'] };

const one = (
  name: string,
  records: readonly VectorRecord[],
  [state, reason]: readonly [string, string | null],
  usable: JoinCase['usable'],
  seats = 1,
): JoinCase => ({ name, records, seats, rows: { [mine]: [state, reason] }, usable });

/** Records and seats, and the rows that a consumer derives from them: each line of the table of protocol.md, section 11. */
export const joinVectors = (): readonly JoinCase[] => [
  one('a live owner', [agent(10), instance(11)], ['live', null], live),
  one(
    'a failing instance',
    [agent(10), instance(11, { state: 'failing', detail: 'x' })],
    ['failing', null],
    {
      ...none,
      any: ['h1'],
    },
  ),
  one('a draining instance', [agent(10), instance(11, { state: 'draining' })], ['draining', null], {
    ...none,
    any: ['h1'],
  }),
  one('a slot without a record', [instance(11)], ['dubious', 'orphan'], dubious),
  one(
    'a slot with an unreadable record',
    [{ ...agent(10), value: 'no JSON' }, instance(11)],
    ['dubious', 'unobserved'],
    dubious,
  ),
  one(
    'a slot of another run that is live and has not adopted it',
    [agent(20, { run: second }), instance(11)],
    ['dubious', 'superseded'],
    none,
  ),
  one(
    'a slot of another run that is still registering',
    [agent(20, { run: second, phase: 'registering' }), instance(11)],
    ['dubious', 'superseded'],
    dubious,
  ),
  one('a suspect owner', [agent(12, suspect), instance(11)], ['dubious', 'silent'], dubious),
  one(
    'an unreachable owner',
    [agent(12, { suspect: { reason: 'unreachable', since: 2000 } }), instance(11)],
    ['dubious', 'unreachable'],
    dubious,
  ),
  one(
    'a suspect owner on hold',
    [agent(12, suspect), instance(11), hold],
    ['dubious', 'planned'],
    dubious,
  ),
  one(
    'an expired owner on hold',
    [agent(12, { ...suspect, phase: 'expired' }), instance(11), hold],
    ['dubious', 'silent'],
    dubious,
  ),
  one(
    'a live owner on a drained host',
    [agent(10), instance(11), drain({ host: 'h1' })],
    ['draining', null],
    { ...none, any: ['h1'] },
  ),
  one(
    'a drained instance of a suspect owner',
    [agent(12, suspect), instance(11), drain({ service: 'web', id: 'w1' })],
    ['dubious', 'silent'],
    { ...none, any: ['h1'] },
  ),
  one(
    'a failing instance that is drained',
    [agent(10), instance(11, { state: 'failing', detail: 'x' }), drain({ host: 'h1' })],
    ['failing', null],
    { ...none, any: ['h1'] },
  ),
  one('no collector', [agent(10), instance(11)], ['dubious', 'unobserved'], dubious, 0),
  one(
    'no collector, and a suspect owner',
    [agent(12, suspect), instance(11)],
    ['dubious', 'silent'],
    dubious,
    0,
  ),
  {
    name: 'two live registrations: the higher token counts',
    records: [agent(10), instance(11), agent(20, {}, 'h2'), instance(21, {}, 'h2')],
    seats: 1,
    rows: { [mine]: ['dubious', 'contested'], [`h2/a ${first}`]: ['live', null] },
    usable: { strict: ['h2'], 'prefer-live': ['h2'], any: ['h2'] },
  },
  {
    name: 'the owner of the higher token has expired: the other one counts',
    records: [
      ...[agent(10), instance(11)],
      ...[agent(22, { ...suspect, phase: 'expired' }, 'h2'), instance(21, {}, 'h2')],
    ],
    seats: 1,
    rows: { [mine]: ['live', null], [`h2/a ${first}`]: ['dubious', 'contested'] },
    usable: live,
  },
  {
    name: 'the token of a record, not its revision, decides',
    records: [agent(10), instance(40, { token: 11 }), agent(20, {}, 'h2'), instance(21, {}, 'h2')],
    seats: 1,
    rows: { [mine]: ['dubious', 'contested'], [`h2/a ${first}`]: ['live', null] },
    usable: { strict: ['h2'], 'prefer-live': ['h2'], any: ['h2'] },
  },
];
