import { Fault } from '../../../domain/fault.ts';
import type { Settings } from './stream-settings.ts';

const restoring = 'rollcall.restoring';

/**
 * Marks the settings of a stream: a restore replaces the namespace, and who runs it. Every process that reads the settings
 * sees the mark. The last step of the restore removes it.
 */
export const markedAsRestoring = <S extends Settings>(settings: S, by: string): S => ({
  ...settings,
  metadata: { ...settings.metadata, [restoring]: by },
});

/** Who replaces the streams by a backup, or was interrupted while doing so; undefined if nobody. */
export const unfinishedRestore = (all: Iterable<Settings>): string | undefined =>
  [...all].map(({ metadata }) => metadata?.[restoring]).find((by) => by !== undefined);

/** @throws {Fault} `store-unavailable` while a restore has not finished */
export function refuseRestoring(namespace: string, all: Iterable<Settings>): void {
  const by = unfinishedRestore(all);
  if (by === undefined) return;
  throw new Fault('store-unavailable', `namespace '${namespace}' is being restored, by ${by}`, {
    hint: 'if that restore was interrupted, begin it again: rollcall restore FOLDER --yes',
  });
}
