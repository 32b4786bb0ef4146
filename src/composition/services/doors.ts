import { systemClock } from '../../adapters/system/clock.ts';
import { systemEntropy } from '../../adapters/system/entropy.ts';
import type { PickPolicy } from '../../domain/fleet/pick.ts';
import type { Millis } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ServiceView } from '../../ports/service-view.ts';
import { DurationOrMillis } from '../time/duration.ts';

interface DoorAddress {
  readonly host: string;
  readonly port: number;
}

export interface HttpDoor extends DoorAddress {
  readonly policy: PickPolicy;
  readonly names: readonly string[];
  readonly token: string | undefined;
}

export interface DnsDoor extends DoorAddress {
  readonly policy: PickPolicy;
  readonly zone: string;
  readonly ttl: Millis;
  /** Networks of other machines whose questions are answered. */
  readonly allow: readonly string[];
}

/** Opens the DNS door of a view. @throws {Fault} `port-taken`, `bad-setting` */
export async function openDns(
  view: ServiceView,
  door: DnsDoor,
  { log, metrics }: Pick<Ports, 'log' | 'metrics'>,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const [{ openDnsDoor }, { loopback }] = await Promise.all([
    import('../../adapters/doors/dns/dns-door.ts'),
    import('../../adapters/doors/dns/client-networks.ts'),
  ]);
  const clients = [...loopback, ...door.allow];
  const opened = await openDnsDoor(
    { ...door, clients, view },
    { clock: systemClock, log, metrics },
  );
  return { url: opened.address, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

/** Opens the HTTP door of a view. @throws {Fault} `port-taken`, `bad-setting` */
export async function openHttp(
  view: ServiceView,
  door: HttpDoor,
  { log, metrics }: Pick<Ports, 'log' | 'metrics'>,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const { openHttpDoor } = await import('../../adapters/doors/http/http-door.ts');
  const boot = systemEntropy.runId().slice(0, 8);
  return openHttpDoor(
    { ...door, view, boot, duration: DurationOrMillis },
    { clock: systemClock, entropy: systemEntropy, log, metrics },
  );
}
