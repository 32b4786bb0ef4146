import type { InstanceRecord } from '../records/schemas.ts';
import type { StoredInstance } from '../records/stored-record.ts';
import type { Revision, WallTime } from '../time.ts';
import type { InstanceRow } from './directory-rows.ts';
import type { InstanceFields, ViewInstance } from './view-instance.ts';

/**
 * An instance in the view of a consumer. It keeps only the fields that views depend on, since a fleet has
 * many instances, and is its own record.
 */
export class LeanInstance implements ViewInstance, InstanceFields {
  readonly key: string;
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

  constructor({ key, revision, record }: StoredInstance, texts: SharedValues) {
    this.key = key;
    this.revision = revision;
    this.host = texts.text(record.host);
    this.agent = texts.text(record.agent);
    this.run = texts.text(record.run);
    this.service = texts.text(record.service);
    this.id = record.id;
    this.token = record.token;
    this.state = record.state;
    this.address = record.address === undefined ? undefined : texts.text(record.address);
    this.port = record.port;
    this.labels = texts.labels(record.labels);
    this.detail = record.detail;
    this.registeredAt = record.registeredAt;
    this.since = record.since;
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

/** From so many values on, they are forgotten, and equal ones may be kept twice. */
const mostShared = 100_000;

/** Keeps one copy of equal values: the names, addresses and labels of instances repeat. */
export class SharedValues {
  readonly #texts = new Map<string, string>();
  readonly #labels = new Map<string, Labels>();
  #last: Labels = {};

  text<T extends string>(text: T): T {
    const there = this.#texts.get(text);
    if (there !== undefined) return there as T;
    if (this.#texts.size >= mostShared) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }

  labels(labels: Labels): Labels {
    if (areEqual(labels, this.#last)) return this.#last;
    const text = JSON.stringify(labels);
    const there = this.#labels.get(text) ?? labels;
    if (this.#labels.size >= mostShared) this.#labels.clear();
    this.#labels.set(text, there);
    this.#last = there;
    return there;
  }
}

/** Whether both have the same labels in the same order. */
function areEqual(one: Labels, other: Labels): boolean {
  const names = Object.keys(one);
  const others = Object.keys(other);
  return (
    names.length === others.length &&
    names.every((name, i) => name === others[i] && one[name] === other[name])
  );
}
