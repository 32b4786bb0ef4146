import type { Desired } from '../../domain/records/desired-instances.ts';
import type { InstanceRecord } from '../../domain/records/schemas.ts';
import type { RecordRead } from '../../domain/records/stored-record.ts';
import type { Change, Provenance } from '../transitions/record-change.ts';
import { type SealedChange, sealChanges } from '../transitions/seal-changes.ts';
import { readBack } from './read-back.ts';

/** A change that is signed, so that it only has to be sent. */
export interface ReadyChange extends SealedChange {
  /** Of an instance: what a reader will make of its record. Its revision is known when it is stored. */
  readonly read?: RecordRead<InstanceRecord>;
}

/** The next commit of instances, built and signed while the store works on the one before it. */
export interface PreparedCommit {
  readonly ready: readonly ReadyChange[];
  readonly messages: number;
  /** Whether the records are as desired once it is stored. */
  readonly isAll: boolean;
  readonly provenance: Provenance;
  /** The desired instances that it was built for. */
  readonly desired: Desired;
}

/**
 * Signs the changes of one commit. All of them have to be in it (see `sealChanges`).
 * @throws {Fault} `record-unreadable` for an instance that is not valid, `record-too-large`
 */
export const readyChanges = (changes: readonly Change[], slot: string): readonly ReadyChange[] =>
  sealChanges(changes).map((sealed) =>
    sealed.write.key === slot ? sealed : { ...sealed, read: readBack(sealed) },
  );
