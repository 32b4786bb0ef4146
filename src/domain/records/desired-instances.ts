import { z } from 'zod';
import { InstanceId, ServiceName } from '../identity/names.ts';
import { mostLabels } from './record-budget.ts';
import { type InstanceRecord, Labels } from './schemas.ts';
import type { RecordRead, StoredInstance } from './stored-record.ts';

/** The desired attributes of an instance in the registry. */
export const InstanceSpec = z.object({
  service: ServiceName,
  id: InstanceId,
  address: z.string().min(1).max(1024).optional(),
  port: z.number().int().min(0).max(65535).optional(),
  labels: Labels.refine(
    (labels) => Object.keys(labels).length <= mostLabels,
    `at most ${mostLabels} labels`,
  ).default({}),
});
export type InstanceSpec = z.infer<typeof InstanceSpec>;

/**
 * Health of an instance. `detail` tells why it fails; `draining` asks consumers to stop using it.
 * `isInitial`: no check has run yet, so an instance that an earlier run registered as serving stays so.
 */
export type Health =
  | { readonly state: 'serving' }
  | { readonly state: 'failing'; readonly detail: string; readonly isInitial?: true }
  | { readonly state: 'draining' };

/** The health of an instance whose check has not passed yet. */
export const unchecked: Health = {
  ...{ state: 'failing', detail: 'no check has passed yet' },
  isInitial: true,
};

export const sameHealth = (a: Health, b: Health): boolean =>
  a.state === 'failing' && b.state === 'failing'
    ? a.detail === b.detail && a.isInitial === b.isInitial
    : a.state === b.state;

/** The health at registration: an instance that is adopted keeps its state until a check has run. */
export const healthAtStart = (health: Health, adopted: InstanceRecord | undefined): Health =>
  isInitial(health) && adopted?.state === 'serving' ? { state: 'serving' } : health;

export interface DesiredInstance {
  readonly spec: InstanceSpec;
  readonly health: Health;
}

export const sameDesired = (a: DesiredInstance, b: DesiredInstance): boolean =>
  sameAttributes(a.spec, b.spec) && sameHealth(a.health, b.health);

/** The instances that a run should have in the registry, by instance key. */
export type Desired = ReadonlyMap<string, DesiredInstance>;

/** One action that makes a record equal to the desired instance. */
export type ReconcileAction =
  /**
   * `existing` is what is there now: nothing, an unreadable record, a record of an earlier run, or a
   * registration of this run that drains.
   */
  | {
      readonly do: 'register';
      readonly desired: DesiredInstance;
      readonly existing: RecordRead<InstanceRecord>;
    }
  | { readonly do: 'change'; readonly desired: DesiredInstance; readonly instance: StoredInstance }
  | { readonly do: 'turn'; readonly desired: DesiredInstance; readonly instance: StoredInstance }
  | { readonly do: 'remove'; readonly instance: StoredInstance };

/**
 * The actions that make the records under a slot's prefix equal to the desired instances of its run, each made when it
 * is asked for: a commit has room for a part of them.
 *
 * At most one action per record. Applied to the result, it returns no actions. An unreadable record that
 * is not desired is left alone (G12).
 */
export function* diffInstances(
  run: string,
  present: ReadonlyMap<string, RecordRead<InstanceRecord>>,
  desired: Desired,
): Generator<ReconcileAction> {
  for (const [key, read] of present) {
    if (read.kind === 'stored' && !desired.has(key)) yield { do: 'remove', instance: read };
  }
  for (const [key, wanted] of desired) {
    const read = present.get(key) ?? { kind: 'absent', key, revision: 0 };
    const repair = actionFor(run, read, wanted);
    if (repair) yield repair;
  }
}

/** Whether the record of a run is as it desires it. */
export const isUpToDate = (
  run: string,
  read: RecordRead<InstanceRecord> | undefined,
  wanted: DesiredInstance,
): boolean => read?.kind === 'stored' && actionFor(run, read, wanted) === undefined;

function actionFor(
  run: string,
  read: RecordRead<InstanceRecord>,
  wanted: DesiredInstance,
): ReconcileAction | undefined {
  if (read.kind !== 'stored' || read.record.run !== run) {
    return { do: 'register', desired: wanted, existing: read };
  }
  const { record } = read;
  if (record.state === 'draining') {
    // A registration that drains is final. Another health needs a new registration, with a new token.
    return wanted.health.state === 'draining'
      ? undefined
      : { do: 'register', desired: wanted, existing: read };
  }
  if (!sameAttributes(record, wanted.spec) || failsDifferently(record, wanted.health)) {
    return { do: 'change', desired: wanted, instance: read };
  }
  if (record.state !== wanted.health.state && !isInitial(wanted.health)) {
    return { do: 'turn', desired: wanted, instance: read };
  }
  return undefined;
}

const isInitial = (health: Health): boolean =>
  health.state === 'failing' && health.isInitial === true;

const failsDifferently = ({ state, detail }: InstanceRecord, health: Health): boolean =>
  state === 'failing' &&
  health.state === 'failing' &&
  !health.isInitial &&
  detail !== health.detail;

type Attributes = Pick<InstanceSpec, 'address' | 'port' | 'labels'>;

const sameAttributes = (record: Attributes, spec: Attributes): boolean =>
  record.address === spec.address &&
  record.port === spec.port &&
  sameLabels(record.labels, spec.labels);

const sameLabels = (a: Record<string, string>, b: Record<string, string>): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([key, value]) => b[key] === value);
