import { Fault } from '../../../domain/fault.ts';
import type { Settings } from './stream-settings.ts';

/** The format of records and events that this version writes. A later format may not be written by this version. */
const known = 1;

const key = 'rollcall.format';

/** Marks a new registry with the format of its namespace. */
export const formatMetadata: Readonly<Record<string, string>> = { [key]: `${known}` };

/**
 * The format of a registry's namespace, if this version does not know it: a later number, or a text that is none.
 * Without a mark it is format 1: versions before this mark (2026-11-29) made none.
 */
export function unknownFormat({ metadata }: Settings): string | undefined {
  const format = metadata?.[key] ?? '1';
  return /^[1-9]\d{0,8}$/.test(format) && Number(format) <= known ? undefined : format;
}

/** @throws {Fault} `store-too-new` */
export function refuseUnknownFormat(config: Settings, namespace: string): void {
  const format = unknownFormat(config);
  if (format === undefined) return;
  throw new Fault(
    'store-too-new',
    `namespace '${namespace}' has format ${JSON.stringify(format)}, and this version of Rollcall knows format ${known}`,
    { hint: 'upgrade Rollcall here, or use another --namespace' },
  );
}
