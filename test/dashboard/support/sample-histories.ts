import fc from 'fast-check';
import type {
  ApiDetails,
  ApiEntity,
  ApiPage,
  ApiRow,
  ApiState,
} from '../../../src/dashboard/api-types.ts';
import { entityKey } from '../../../src/dashboard/history/entity-key.ts';
import { InternTable } from '../../../src/dashboard/history/intern-table.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
} from '../../../src/domain/identity/names.ts';

/** A transition, with everything by its name. */
export interface Happening {
  readonly seq: number;
  readonly at: number;
  readonly entity: ApiEntity;
  readonly type: string;
  readonly to: string;
  readonly edges: readonly string[];
  readonly note: ApiDetails | undefined;
}

const host = HostId.parse('h');
const agent = AgentName.parse('a');
const runOf = (n: number): ApiEntity => ({
  entity: 'run',
  host,
  agent,
  run: RunId.parse(`run${String(n).padStart(9, '0')}`),
});
const instanceOf = (n: number): ApiEntity => ({
  entity: 'instance',
  host,
  agent,
  run: RunId.parse('run000000000'),
  service: ServiceName.parse('web'),
  id: InstanceId.parse(`w${n}`),
});

const entity = fc.oneof(fc.nat({ max: 4 }).map(runOf), fc.nat({ max: 4 }).map(instanceOf));
const note: fc.Arbitrary<ApiDetails | undefined> = fc.option(
  fc.oneof(
    fc.record({ why: fc.constantFrom('silent', 'unreachable') }),
    fc.record({ ttl: fc.constantFrom(2000, 15_000), zone: fc.constantFrom('a', 'b') }),
  ),
  { nil: undefined },
);

/** Histories with places left out, as where a stream was trimmed or an event could not be read. */
export const happenings: fc.Arbitrary<Happening[]> = fc
  .array(
    fc.record({
      skip: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat({ max: 4 })),
      later: fc.nat({ max: 50 }),
      entity,
      type: fc.constantFrom('started', 'suspected', 'regranted', 'expired'),
      to: fc.constantFrom('live', 'suspect', 'expired'),
      edges: fc.array(fc.constantFrom('a|x|0', 'b|y|0'), { maxLength: 2 }),
      note,
    }),
    { maxLength: 50, size: 'max' },
  )
  .map((all) => {
    let [seq, at] = [0, 1_000_000];
    return all.map(({ skip, later, ...rest }) => {
      seq += 1 + skip;
      at += later;
      return { seq, at, ...rest };
    });
  });

/** The page from one place to another, both included. */
export function pageOf(history: readonly Happening[], from: number, to: number): ApiPage {
  const entities = new InternTable<ApiEntity>(entityKey);
  const words = new InternTable<string>((word) => word);
  const rows: ApiRow[] = [];
  const notes: [number, ApiDetails][] = [];
  for (const event of history) {
    if (event.seq < from || event.seq > to) continue;
    if (event.note) notes.push([rows.length, event.note]);
    rows.push([
      event.seq,
      event.at,
      entities.of(event.entity),
      words.of(event.type),
      words.of(event.to),
      words.of('chart'),
      event.edges.map((edge) => words.of(edge)),
    ]);
  }
  return { from, to, entities: entities.values, words: words.values, rows, notes, gaps: [] };
}

/** How everything stood after a place. */
export function stateAfter(history: readonly Happening[], seq: number): ApiState {
  const entities = new InternTable<ApiEntity>(entityKey);
  const words = new InternTable<string>((word) => word);
  const states = new Map<number, ApiState['states'][number]>();
  let at = 0;
  for (const event of history) {
    if (event.seq > seq) break;
    at = event.at;
    const one = entities.of(event.entity);
    const before = states.get(one);
    const to = words.of(event.to);
    const since = before?.[1] === to ? before[2] : event.at;
    const origin =
      event.type === 'suspected'
        ? ([event.seq, event.at] as const)
        : (before?.[5] ?? ([0, 0] as const));
    const note = { ...before?.[4], ...event.note };
    states.set(one, [one, to, since, words.of('chart'), note, origin]);
  }
  return { seq, at, entities: entities.values, words: words.values, states: [...states.values()] };
}
