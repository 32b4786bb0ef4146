import type { InstanceRecord } from '../../records/schemas.ts';
import type { Revision } from '../../time.ts';

/** The fields of an instance's record on which views depend. */
export type InstanceFields = Pick<
  InstanceRecord,
  | 'host'
  | 'agent'
  | 'run'
  | 'service'
  | 'id'
  | 'token'
  | 'state'
  | 'address'
  | 'port'
  | 'labels'
  | 'detail'
  | 'registeredAt'
  | 'since'
>;

/** A readable instance record in a view: a `StoredInstance`, or what a view keeps of it. */
export interface ViewInstance {
  readonly kind: 'stored';
  readonly key: string;
  readonly revision: Revision;
  readonly record: InstanceFields;
}
