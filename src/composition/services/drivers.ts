import type { FileDriverOptions } from '../../adapters/doors/file/file-driver.ts';
import type { FileFormat } from '../../adapters/doors/file/formats.ts';
import { readText } from '../../adapters/files/read-text.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { PickPolicy } from '../../domain/fleet/pick.ts';
import type { Millis } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ServiceView } from '../../ports/service-view.ts';

/** Which backends of which HAProxy hold which services. */
export interface HaproxySync {
  readonly socket: string;
  readonly backends: readonly {
    readonly backend: string;
    readonly service: string;
    readonly slots: string;
  }[];
  readonly policy: PickPolicy;
  readonly drain: Millis;
  readonly keepLast: Millis;
  readonly stateFile: string | undefined;
}

/** A driver that keeps the servers of HAProxy. */
export async function haproxyDriver(
  { stateFile, ...rest }: HaproxySync,
  view: ServiceView,
  { log, metrics }: Pick<Ports, 'log' | 'metrics'>,
) {
  const [{ HaproxyDriver }, { slotState }, { writeFileAtomic }] = await Promise.all([
    import('../../adapters/haproxy/haproxy-driver.ts'),
    import('../../adapters/haproxy/plan-slots.ts'),
    import('../../adapters/files/atomic-write.ts'),
  ]);
  const saveState =
    stateFile === undefined ? undefined : (text: string) => writeFileAtomic(stateFile, [text]);
  const driver = new HaproxyDriver({ ...rest, saveState }, view, {
    ...{ clock: systemClock, log, metrics },
  });
  return { driver, slotState };
}

/** A file of a format, or of a template in a file. */
export type FileSync = Omit<FileDriverOptions, 'render'> &
  ({ readonly format: FileFormat } | { readonly template: string });

/** A driver that keeps a file. @throws {Fault} `bad-setting` if the template cannot be read */
export async function fileDriver(
  sync: FileSync,
  view: ServiceView,
  { log, metrics }: Pick<Ports, 'log' | 'metrics'>,
) {
  const [{ FileDriver }, { readTemplate }] = await Promise.all([
    import('../../adapters/doors/file/file-driver.ts'),
    import('../../adapters/doors/file/template.ts'),
  ]);
  const render =
    'format' in sync
      ? sync.format
      : readTemplate(await readText(sync.template, 'bad-setting'), sync.template);
  return new FileDriver({ ...sync, render }, view, { clock: systemClock, log, metrics });
}
