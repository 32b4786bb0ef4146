import type { InstanceId, ServiceName } from '../../domain/identity/names.ts';
import { mostInstances, mostLabels } from '../../domain/records/record-budget.ts';

/** An instance without a health check, as the schema `ListedInstances` returns it. */
interface PlainInstance {
  service: ServiceName;
  id?: InstanceId;
  address?: string;
  port?: number;
  labels: Record<string, string>;
}

/**
 * The instances that a program lists, if all of them are certainly valid and have no health check: what
 * `ListedInstances` returns for them, in a tenth of the time. Undefined means unknown: then the schema decides, which
 * remains the only definition. A property test compares the two.
 */
export function plainInstances(listed: unknown): readonly PlainInstance[] | undefined {
  if (!Array.isArray(listed) || listed.length > mostInstances) return undefined;
  const instances: PlainInstance[] = [];
  for (const value of listed) {
    const instance = plainInstance(value);
    if (instance === undefined) return undefined;
    instances.push(instance);
  }
  return instances;
}

function plainInstance(value: unknown): PlainInstance | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  let given = 0;
  for (const field in value) {
    if (!fields.has(field)) return undefined;
    given += 1;
  }
  const { service, id, address, port, labels } = value as Readonly<Record<string, unknown>>;
  const isValid =
    isName(service) &&
    (id === undefined || isName(id)) &&
    (address === undefined || isAddress(address)) &&
    (port === undefined || isPort(port));
  const ownLabels = labels === undefined ? {} : plainLabels(labels);
  if (!isValid || ownLabels === undefined) return undefined;
  const instance = { service } as PlainInstance;
  if (id !== undefined) instance.id = id as InstanceId;
  if (address !== undefined) instance.address = address;
  if (port !== undefined) instance.port = port;
  instance.labels = ownLabels;
  // A field that is given as undefined is left to the schema.
  const taken = Object.keys(instance).length - (labels === undefined ? 1 : 0);
  return given === taken ? instance : undefined;
}

const fields: ReadonlySet<string> = new Set(['service', 'id', 'address', 'port', 'labels']);

/** Printable ASCII has no control characters, and 341 characters have at most 1024 bytes. */
const plainName = /^[ -~]{1,341}$/;
const isName = (value: unknown): value is string =>
  typeof value === 'string' && plainName.test(value);
const isAddress = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 1024;
const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535;

function plainLabels(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const names = Reflect.ownKeys(value);
  if (names.length > mostLabels) return undefined;
  const labels: Record<string, string> = {};
  for (const name of names) {
    const text: unknown = Reflect.get(value, name);
    if (typeof name !== 'string' || name === '__proto__' || typeof text !== 'string') {
      return undefined;
    }
    labels[name] = text;
  }
  return labels;
}
