import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import type { WallTime } from '../../../domain/time.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): boolean => typeof value === 'number';
const isText = (value: unknown): boolean => typeof value === 'string';
/** The server omits empty fields. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const isList = (value: unknown, item: (one: JsonObject) => boolean): boolean =>
  isAbsent(value) || (Array.isArray(value) && value.every((one) => isObject(one) && item(one)));

/**
 * Whether a reply is the state of a stream: any client with permission may reply anything (G12). Checks
 * the fields that we rely on. Settings are only compared, so they may have any form.
 */
export function isStreamInfo(answer: unknown): answer is StreamInfo {
  if (!isObject(answer)) return false;
  const { config, state, cluster, sources } = answer;
  if (!isObject(config) || !isText(config['name']) || !isObject(state)) return false;
  const counts = ['messages', 'bytes', 'first_seq', 'last_seq'];
  return (
    counts.every((name) => isNumber(state[name])) && isCluster(cluster) && isList(sources, isSource)
  );
}

type TimedInfo = Pick<StreamInfo, 'config'> & { readonly ts?: StreamInfo['ts'] | undefined };

/**
 * The clock of the server that answered.
 * @throws {Fault} `store-unavailable` if the reply contains no time
 */
export function serverTimeOf({ ts, config }: TimedInfo): WallTime {
  const time = Date.parse(String(ts));
  if (!Number.isNaN(time)) return time;
  throw new Fault('store-unavailable', `the reply about stream ${config.name} contains no time`);
}

const isCluster = (value: unknown): boolean =>
  isAbsent(value) ||
  (isObject(value) &&
    (isAbsent(value['leader']) || isText(value['leader'])) &&
    isList(value['replicas'], ({ name, active }) => isText(name) && isNumber(active)));

const isSource = ({ lag, active, error }: JsonObject): boolean =>
  isNumber(lag) &&
  isNumber(active) &&
  (isAbsent(error) || (isObject(error) && isText(error['description'])));
