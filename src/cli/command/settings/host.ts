import { HostId } from '../../../domain/identity/names.ts';
import type { Setting } from './setting.ts';

/** On its own, because every command reads it: the schemas of all settings of an agent take longer. */
export const hostSetting = {
  flag: '--host <id>',
  description: 'id of this machine',
  fallback: 'generated once, stored in the state directory',
  schema: HostId.optional(),
} as const satisfies Setting;
