import { isIP } from 'node:net';
import type { z } from 'zod';
import { type Health, InstanceSpec } from '../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../domain/records/health-check.ts';
import { formatParseError } from '../../domain/records/schema-problems.ts';
import type { Millis } from '../../domain/time.ts';
import type { Container } from './container.ts';
import { type LabelledService, readLabels } from './container-labels.ts';

/** An instance that a container provides. */
export interface ContainerInstance {
  readonly spec: InstanceSpec;
  readonly check: HealthCheck | undefined;
}

export interface ContainerInstances {
  readonly instances: readonly ContainerInstance[];
  /** Why a service cannot be registered, or how it may not be reachable. */
  readonly complaints: readonly string[];
}

const longestOutput = 200;

/** The id of a container's instances: unique, and it survives a rename and a restart. */
export const shortId = (id: string): string => id.slice(0, 12);

/** The instances that a container asks for by its labels. `address`: the address of this host. */
export function instancesOf(
  container: Container,
  address: string | undefined,
  duration: z.ZodType<Millis>,
): ContainerInstances {
  const read = readLabels(container.Config.Labels ?? {}, duration);
  const complaints = [...read.complaints];
  const instances: ContainerInstance[] = [];
  for (const one of read.services) {
    const place = placeOf(container, one, address);
    if ('problem' in place) {
      complaints.push(`service '${one.service}': ${place.problem}`);
      continue;
    }
    if (place.address === '127.0.0.1' || place.address === '::1') {
      complaints.push(`service '${one.service}': its port is published on ${place.address} only`);
    }
    const spec = InstanceSpec.safeParse({
      service: one.service,
      id: one.id ?? shortId(container.Id),
      ...(place.address !== undefined && { address: place.address }),
      port: place.port,
      labels: { ...labelsOf(container), ...one.label },
    });
    if (spec.success) instances.push({ spec: spec.data, check: one.check });
    else complaints.push(`service '${one.service}': ${formatParseError(spec.error)}`);
  }
  return { instances, complaints };
}

function labelsOf({ Id, Name, Config }: Container): Record<string, string> {
  const labels = Config.Labels ?? {};
  const compose = {
    'compose.project': labels['com.docker.compose.project'],
    'compose.service': labels['com.docker.compose.service'],
  };
  return {
    'docker.id': shortId(Id),
    'docker.name': Name.replace(/^\//, ''),
    'docker.image': Config.Image,
    ...Object.fromEntries(Object.entries(compose).filter(([, value]) => value !== undefined)),
  };
}

type Place = { readonly address: string | undefined; readonly port: number };

/** Where consumers reach the service: the published port, else the container in its network. */
function placeOf(
  { Config, HostConfig, NetworkSettings: { Ports, Networks } }: Container,
  { port: asked, network, address: wanted }: LabelledService,
  host: string | undefined,
): Place | { readonly problem: string } {
  const exposed = [
    ...new Set([...Object.keys(Ports ?? {}), ...Object.keys(Config.ExposedPorts ?? {})]),
  ]
    .filter((key) => key.endsWith('/tcp'))
    .map((key) => Number.parseInt(key, 10));
  const port = asked ?? (exposed.length === 1 ? exposed[0] : undefined);
  if (port === undefined) {
    return {
      problem: `set the label rollcall.port: the image exposes ${exposed.length} TCP ports`,
    };
  }
  if (HostConfig.NetworkMode === 'host') return { address: host, port };
  const published = (Ports?.[`${port}/tcp`] ?? Ports?.[`${port}/udp`] ?? [])?.[0];
  if (published && wanted !== 'container') {
    const ip = published.HostIp ?? '';
    const isWildcard = ip === '' || ip === '0.0.0.0' || ip === '::';
    return { address: isWildcard ? host : ip, port: Number(published.HostPort) };
  }
  if (wanted === 'host') return { problem: `port ${port} is not published` };
  const networks = Object.entries(Networks ?? {});
  const [, found] = networks.find(([name]) => network === undefined || name === network) ?? [];
  const ip = found?.IPAddress || found?.GlobalIPv6Address;
  if (network === undefined && networks.length > 1) {
    return { problem: `set the label rollcall.network: it has ${networks.length} networks` };
  }
  if (!ip || isIP(ip) === 0)
    return { problem: 'it has no address: publish the port, or attach a network' };
  return { address: ip, port };
}

/**
 * The health of a container's instances. Undefined: it must not be registered. `isStopping`: it was sent
 * its stop signal, so its end is no failure.
 */
export function healthOf({ State }: Container, isStopping: boolean): Health | undefined {
  const failing = (detail: string): Health => ({ state: 'failing', detail });
  switch (State.Status) {
    case 'running':
      if (isStopping) return { state: 'draining' };
      if (State.Health?.Status === 'starting') return failing('health check: starting');
      if (State.Health?.Status === 'unhealthy') return failing(`unhealthy: ${outputOf(State)}`);
      return { state: 'serving' };
    case 'paused':
    case 'restarting':
      return failing(State.Status);
    case 'exited':
    case 'dead':
      return State.ExitCode === 0 || isStopping ? undefined : failing(`exited ${State.ExitCode}`);
    default:
      return undefined;
  }
}

function outputOf({ Health: health }: Container['State']): string {
  const last = health?.Log?.at(-1)?.Output ?? '';
  return last
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, longestOutput);
}
