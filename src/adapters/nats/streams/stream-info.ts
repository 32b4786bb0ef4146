import type { StreamInfo } from '@nats-io/jetstream';

type Said = Readonly<Record<string, unknown>>;

const isSaid = (value: unknown): value is Said =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): boolean => typeof value === 'number';
const isText = (value: unknown): boolean => typeof value === 'string';
/** A server leaves out what it has nothing to say of. */
const leftOut = (value: unknown): boolean => value === undefined || value === null;
const isList = (value: unknown, item: (one: Said) => boolean): boolean =>
  leftOut(value) || (Array.isArray(value) && value.every((one) => isSaid(one) && item(one)));

/**
 * Whether an answer says what a stream is: whoever may answer there may answer anything (G12). What we
 * go by is looked at; settings are compared, whatever they are, and not relied on.
 */
export function isStreamInfo(answer: unknown): answer is StreamInfo {
  if (!isSaid(answer)) return false;
  const { config, state, cluster, sources } = answer;
  if (!isSaid(config) || !isText(config['name']) || !isSaid(state)) return false;
  const counts = ['messages', 'bytes', 'first_seq', 'last_seq'];
  return (
    counts.every((name) => isNumber(state[name])) && isCluster(cluster) && isList(sources, isSource)
  );
}

const isCluster = (said: unknown): boolean =>
  leftOut(said) ||
  (isSaid(said) &&
    (leftOut(said['leader']) || isText(said['leader'])) &&
    isList(said['replicas'], ({ name, active }) => isText(name) && isNumber(active)));

const isSource = ({ lag, active, error }: Said): boolean =>
  isNumber(lag) &&
  isNumber(active) &&
  (leftOut(error) || (isSaid(error) && isText(error['description'])));
