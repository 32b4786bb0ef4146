import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { versions } from 'node:process';

/** Hardware and software of the measurement, without anything that identifies the machine. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGB: number;
  readonly os: string;
  readonly node: string;
  readonly natsServer: string;
}

export const thisMachine = (natsServer: string): Machine => ({
  cores: availableParallelism(),
  cpu: (cpus()[0]?.model ?? 'unknown').trim(),
  memoryGB: Math.round(totalmem() / 2 ** 30),
  os: `${type()} ${release().split(/[-+]/, 1)[0]}`,
  node: versions.node,
  natsServer,
});

export const formatMachineInfo = ({
  cores,
  cpu,
  memoryGB,
  os,
  node,
  natsServer,
}: Machine): string =>
  `${cores} cores (${cpu}), ${memoryGB} GB, ${os}, Node ${node}, nats-server ${natsServer}`;

/** Load average of the last minute. Above the number of cores, other programs influence the results. */
export const loadNow = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10;
