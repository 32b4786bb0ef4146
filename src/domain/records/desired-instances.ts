import { z } from 'zod';
import { InstanceId, ServiceName, type Slot } from '../identity/names.ts';
import { instanceKey } from '../identity/registry-keys.ts';
import { type InstanceRecord, Labels } from './schemas.ts';
import type { RecordRead, StoredInstance } from './stored-record.ts';

/** The desired attributes of an instance in the registry. */
export const InstanceSpec = z.object({
  service: ServiceName,
  id: InstanceId,
  address: z.string().min(1).max(1024).optional(),
  port: z.number().int().min(0).max(65535).optional(),
  labels: Labels.default({}),
});
export type InstanceSpec = z.infer<typeof InstanceSpec>;

/** Health of an instance. `detail` tells why it fails; `draining` asks consumers to stop using it. */
export type Health =
  | { readonly state: 'serving' }
  | { readonly state: 'failing'; readonly detail: string }
  | { readonly state: 'draining' };

export interface DesiredInstance {
  readonly spec: InstanceSpec;
  readonly health: Health;
}

/** The instances that a run should have in the registry, by instance key. */
export type Desired = ReadonlyMap<string, DesiredInstance>;

/** One action that makes a record equal to the desired instance. */
export type ReconcileAction =
  /** `existing` is what is there now: nothing, an unreadable record, or a record of an earlier run. */
  | {
      readonly do: 'register';
      readonly desired: DesiredInstance;
      readonly existing: RecordRead<InstanceRecord>;
    }
  | { readonly do: 'change'; readonly desired: DesiredInstance; readonly instance: StoredInstance }
  | { readonly do: 'turn'; readonly desired: DesiredInstance; readonly instance: StoredInstance }
  | { readonly do: 'remove'; readonly instance: StoredInstance };

/**
 * The actions that make the records under a slot's prefix equal to the desired instances of its run.
 *
 * At most one action per record. Applied to the result, it returns no actions. An unreadable record that
 * is not desired is left alone (G12).
 */
export function diffInstances(
  slot: Slot,
  run: string,
  present: ReadonlyMap<string, RecordRead<InstanceRecord>>,
  desired: Desired,
): readonly ReconcileAction[] {
  const repairs: ReconcileAction[] = [];
  for (const [key, read] of present) {
    if (read.kind === 'stored' && !desired.has(key)) repairs.push({ do: 'remove', instance: read });
  }
  for (const wanted of desired.values()) {
    const key = instanceKey({ ...slot, ...wanted.spec });
    const read = present.get(key) ?? { kind: 'absent', key, revision: 0 };
    const repair = actionFor(run, read, wanted);
    if (repair) repairs.push(repair);
  }
  return repairs;
}

function actionFor(
  run: string,
  read: RecordRead<InstanceRecord>,
  wanted: DesiredInstance,
): ReconcileAction | undefined {
  if (read.kind !== 'stored' || read.record.run !== run) {
    return { do: 'register', desired: wanted, existing: read };
  }
  if (!sameAttributes(read.record, wanted.spec) && read.record.state !== 'draining') {
    return { do: 'change', desired: wanted, instance: read };
  }
  if (read.record.state !== wanted.health.state && read.record.state !== 'draining') {
    return { do: 'turn', desired: wanted, instance: read };
  }
  return undefined;
}

const sameAttributes = (record: InstanceRecord, spec: InstanceSpec): boolean =>
  record.address === spec.address &&
  record.port === spec.port &&
  sameLabels(record.labels, spec.labels);

const sameLabels = (a: Record<string, string>, b: Record<string, string>): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([key, value]) => b[key] === value);
