import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { AgentView, Keep } from '../../domain/fleet/fleet.ts';
import type { InstanceRecord } from '../../domain/records/schemas.ts';
import type {
  InstanceFields,
  StoredInstance,
  ViewInstance,
} from '../../domain/records/stored-record.ts';
import type { Revision, WallTime } from '../../domain/time.ts';

/**
 * An instance in the view of a consumer. It keeps only the fields that views depend on, since a fleet has
 * many instances, and is its own record.
 */
export class LeanInstance implements ViewInstance, InstanceFields {
  readonly key: string;
  /** The agent that registered it, in the same view. */
  readonly slot: AgentView<LeanInstance>;
  readonly revision: Revision;
  readonly host: InstanceFields['host'];
  readonly agent: InstanceFields['agent'];
  readonly run: InstanceFields['run'];
  readonly service: InstanceFields['service'];
  readonly id: InstanceFields['id'];
  readonly token: Revision;
  readonly state: InstanceFields['state'];
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly labels: InstanceFields['labels'];
  readonly detail: string | undefined;
  readonly registeredAt: WallTime;
  readonly since: WallTime;
  /** Its row, once it was asked for; undefined again after a change on which it depends. */
  row: InstanceRow | undefined;

  /** @param like an instance whose values are shared where they are equal, usually the one read before */
  constructor(
    { key, revision, record }: StoredInstance,
    slot: AgentView<LeanInstance>,
    shared: SharedTexts,
    like: LeanInstance | undefined,
  ) {
    const { host, agent, run, labels, address, registeredAt, since } = record;
    this.key = key;
    this.slot = slot;
    this.revision = revision;
    this.host = host === like?.host ? like.host : shared.text(host);
    this.agent = agent === like?.agent ? like.agent : shared.text(agent);
    this.run = run === like?.run ? like.run : shared.text(run);
    this.service = shared.text(record.service);
    this.id = record.id;
    this.token = record.token;
    this.state = record.state;
    this.address = address === like?.address ? like?.address : address && shared.text(address);
    this.port = record.port;
    this.labels = like && areEqual(labels, like.labels) ? like.labels : shared.labels(labels);
    this.detail = record.detail;
    this.registeredAt = registeredAt === like?.registeredAt ? like.registeredAt : registeredAt;
    this.since = since === like?.since ? like.since : since;
    this.row = undefined;
  }

  get kind(): 'stored' {
    return 'stored';
  }

  get record(): InstanceFields {
    return this;
  }
}

type Labels = InstanceRecord['labels'];

/** Keeps only what views need of instances, and one copy of equal values. */
export function leanInstances(): Keep<LeanInstance> {
  const shared = new SharedTexts();
  let last: LeanInstance | undefined;
  return (read, slot) => {
    last = new LeanInstance(read, slot, shared, last);
    return last;
  };
}

/** From so many values on, they are forgotten, and equal ones may be kept twice. */
const mostShared = 100_000;

/** One copy of equal names, addresses and labels. */
class SharedTexts {
  readonly #texts = new Map<string, string>();
  readonly #labels = new Map<string, Labels>();

  text<T extends string>(text: T): T {
    const there = this.#texts.get(text);
    if (there !== undefined) return there as T;
    if (this.#texts.size >= mostShared) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }

  labels(labels: Labels): Labels {
    const text = JSON.stringify(labels);
    const there = this.#labels.get(text) ?? labels;
    if (this.#labels.size >= mostShared) this.#labels.clear();
    this.#labels.set(text, there);
    return there;
  }
}

/** Whether both have the same labels in the same order. */
function areEqual(one: Labels, other: Labels): boolean {
  const names = Object.keys(one);
  const others = Object.keys(other);
  if (names.length !== others.length) return false;
  for (const [i, name] of names.entries()) {
    if (name !== others[i] || one[name] !== other[name]) return false;
  }
  return true;
}
