import {
  openPatiently,
  type PatientEndpoint,
  type PatientEvents,
} from '../adapters/http-server/open-patiently.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { Metrics } from '../ports/metrics.ts';

/** Opens an endpoint by the clock of this machine, again and again if it cannot be opened. `name`: for metrics. */
export const openEndpoint = (
  name: string,
  open: () => Promise<{ readonly url: string } & AsyncDisposable>,
  metrics: Pick<Metrics, 'listenFailed'>,
  events: PatientEvents,
): Promise<PatientEndpoint> => openPatiently(name, open, { clock: systemClock, metrics }, events);

export type { PatientEndpoint, PatientEvents };
