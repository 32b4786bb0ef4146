import type { MonotonicTime } from '../time.ts';

/** What a NATS client sent, with the time at which it arrived. */
export type ClientMessage = { readonly at: MonotonicTime } & (
  | { readonly kind: 'connect'; readonly options: Readonly<Record<string, unknown>> }
  | { readonly kind: 'subscribe'; readonly subject: string }
  | ({ readonly kind: 'publish' } & Publication)
);

export interface Publication {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export type Sent = Extract<ClientMessage, { kind: 'publish' }>;

/** Where an agent may write: the subjects of its namespace and slot. */
export interface OwnSubjects {
  /** `$KV.rollcall_<ns>_leases.run.<host>.<agent>.`, with the last dot, as all prefixes here. */
  readonly lease: string;
  /** The key of its agent record, without a dot. */
  readonly agent: string;
  readonly instances: string;
  readonly events: string;
  readonly run: string;
  /** The prefix of the whole namespace, for what any agent may publish: `rollcall.<ns>.`. */
  readonly namespace: string;
}

/** The subjects of a slot. `slot` is `<host>.<agent>` as tokens. */
export const ownSubjects = (namespace: string, slot: string): OwnSubjects => ({
  lease: `$KV.rollcall_${namespace}_leases.run.${slot}.`,
  agent: `$KV.rollcall_${namespace}_registry.agent.${slot}`,
  instances: `$KV.rollcall_${namespace}_registry.instance.${slot}.`,
  events: `rollcall.${namespace}.event.${slot}.`,
  run: `rollcall.${namespace}.run.${slot}.`,
  namespace: `rollcall.${namespace}.`,
});

export const isLease = ({ subject }: Publication, own: OwnSubjects): boolean =>
  subject.startsWith(own.lease);
export const isRecord = ({ subject }: Publication, own: OwnSubjects): boolean =>
  subject === own.agent || subject.startsWith(own.instances);
export const isEvent = ({ subject }: Publication, own: OwnSubjects): boolean =>
  subject.startsWith(own.events);

/** The run in the subject of a lease or of an event. */
export const runOf = ({ subject }: Publication, own: OwnSubjects): string =>
  subject.slice((subject.startsWith(own.lease) ? own.lease : own.events).length).split('.')[0] ??
  '';

const expectHeader = 'Nats-Expected-Last-Subject-Sequence';
const fenceHeader = 'Nats-Expected-Last-Subject-Sequence-Subject';
export const batchHeader = 'Nats-Batch-Id';
export const commitHeader = 'Nats-Batch-Commit';

export const expectationOf = ({ headers }: Publication): string | undefined =>
  headers[expectHeader];
export const fenceOf = ({ headers }: Publication): string | undefined => headers[fenceHeader];
export const isRemoval = ({ headers }: Publication): boolean =>
  headers['KV-Operation'] !== undefined;

/** The messages of each commit, in order: those of one batch, or a write without a batch. */
export function commitsIn(sent: readonly Sent[]): readonly (readonly Sent[])[] {
  const batches = new Map<string, Sent[]>();
  for (const [index, message] of sent.entries()) {
    const id = message.headers[batchHeader] ?? `single ${index}`;
    batches.set(id, [...(batches.get(id) ?? []), message]);
  }
  return [...batches.values()];
}

/** The type of an event in a message; empty if it cannot be read. */
export function eventTypeOf({ text }: Publication): string {
  try {
    const { event } = JSON.parse(text) as { event?: { type?: unknown } };
    return typeof event?.type === 'string' ? event.type : '';
  } catch {
    return '';
  }
}
