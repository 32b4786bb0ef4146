import { Fault } from '../../domain/fault.ts';
import { type DrainTarget, HostId, InstanceId, ServiceName } from '../../domain/identity/names.ts';
import { escaped, named, unescaped } from './host-or-agent.ts';

/**
 * Parses HOST or SERVICE/ID. `%2F` is a slash within a name.
 * @throws {Fault} `bad-name`
 */
export function parseDrainTarget(text: string): DrainTarget {
  const [first = '', id, ...more] = text.split('/').map(unescaped);
  if (first !== '' && id !== '' && more.length === 0) {
    return id === undefined
      ? { host: named(HostId, first) }
      : { service: named(ServiceName, first), id: named(InstanceId, id) };
  }
  throw new Fault(
    'bad-name',
    `'${text.slice(0, 80)}' is not a host or an instance: HOST, or SERVICE/ID`,
    { hint: 'write a slash within a name as %2F, a percent sign as %25' },
  );
}

/** Formats a target as commands accept it. */
export const formatDrainTarget = (target: DrainTarget): string =>
  'host' in target ? escaped(target.host) : `${escaped(target.service)}/${escaped(target.id)}`;

/** Whether the drain covers an instance. */
export const isDrained = (
  { host, service, id }: { readonly host: string; readonly service: string; readonly id: string },
  target: DrainTarget,
): boolean =>
  'host' in target ? host === target.host : service === target.service && id === target.id;
