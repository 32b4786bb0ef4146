import type { ApiEntity, ApiHeartbeat, ApiHello, ApiPage, ApiState } from '../../api-types.ts';

/**
 * Validates a response of the server, because a proxy may answer instead of it or truncate the response.
 * Uses no library, because this code is sent to the browser.
 *
 * @throws {Error} with the name of the response that cannot be read
 */
const parseAs =
  <T>(name: string, is: (value: Fields) => boolean) =>
  (value: unknown): T => {
    if (isRecord(value) && is(value)) return value as T;
    throw new Error(`the server's ${name} cannot be read`);
  };

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isMoment = (value: unknown): value is number => Number.isFinite(value);
const isPlace = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const isList = (value: unknown, is: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(is);
const isIndex = (value: unknown, of: unknown): boolean =>
  isPlace(value) && Array.isArray(of) && value < of.length;

/** The fields that identify an entity of each kind. A hold has `agent` only if it covers one agent. */
const names: Readonly<Record<ApiEntity['entity'], readonly string[]>> = {
  run: ['host', 'agent', 'run'],
  session: ['host', 'agent', 'run'],
  collector: ['host', 'agent', 'run'],
  instance: ['host', 'agent', 'run', 'service', 'id'],
  hold: ['host', 'run'],
  drain: ['run'],
  brake: ['zone', 'run'],
  policy: ['run'],
  store: ['run'],
};

const isEntity = (value: unknown): boolean => {
  if (!isRecord(value) || !isText(value['entity']) || !Object.hasOwn(names, value['entity']))
    return false;
  const { agent, target } = value;
  return (
    (value['entity'] !== 'drain' || (isRecord(target) && Object.values(target).every(isText))) &&
    names[value['entity'] as ApiEntity['entity']].every((name) => isText(value[name])) &&
    (agent === undefined || isText(agent))
  );
};

const texts = ['by', 'why', 'zone', 'address', 'labels'];
const numbers = ['ttl', 'grace', 'port', 'until', 'seen', 'suspect', 'expired', 'flaps'];
const isAcknowledgement = (value: unknown): boolean =>
  isRecord(value) &&
  isMoment(value['until']) &&
  ['zone', 'host', 'agent'].every((name) => value[name] === undefined || isText(value[name]));
const isNote = (value: unknown): boolean =>
  isRecord(value) &&
  (value['acknowledged'] === undefined || isList(value['acknowledged'], isAcknowledgement)) &&
  texts.every((name) => value[name] === undefined || isText(value[name])) &&
  numbers.every((name) => value[name] === undefined || isMoment(value[name]));

const isGap = (value: unknown): boolean =>
  isRecord(value) && isPlace(value['from']) && isPlace(value['to']) && isText(value['why']);

export const parseHello = parseAs<ApiHello>(
  'greeting',
  ({ version, name, mode, first, last, firstAt, lastAt, now, actions, charts }) =>
    [version, name].every(isText) &&
    (mode === 'live' || mode === 'recording') &&
    [first, last].every(isPlace) &&
    [firstAt, lastAt, now].every(isMoment) &&
    typeof actions === 'boolean' &&
    isRecord(charts) &&
    Object.values(charts).every(isText),
);

export const parseHeartbeat = parseAs<ApiHeartbeat>(
  'mark',
  ({ head, headAt, now, storeAwaySince, outages, seats, seatSeen }) =>
    isPlace(head) &&
    [headAt, now].every(isMoment) &&
    (storeAwaySince === null || isMoment(storeAwaySince)) &&
    isList(outages, (one) => isList(one, isMoment)) &&
    (seats === null || isList(seats, isText)) &&
    isRecord(seatSeen) &&
    Object.values(seatSeen).every(isMoment),
);

export const parsePage = parseAs<ApiPage>(
  'page of the history',
  ({ from, to, entities, words, rows, notes, gaps }) => {
    let before = 0;
    const isRow = (row: unknown): boolean => {
      if (!Array.isArray(row)) return false;
      const [seq, storedAt, entity, type, state, chart, edges] = row;
      if (!isPlace(seq) || seq <= before || seq > Number(to)) return false;
      before = seq;
      return (
        isMoment(storedAt) &&
        isIndex(entity, entities) &&
        [type, state, chart].every((word) => isIndex(word, words)) &&
        isList(edges, (word) => isIndex(word, words))
      );
    };
    return (
      [from, to].every(isPlace) &&
      Number(from) <= Number(to) &&
      isList(entities, isEntity) &&
      isList(words, isText) &&
      isList(rows, isRow) &&
      isList(notes, (pair) => Array.isArray(pair) && isIndex(pair[0], rows) && isNote(pair[1])) &&
      isList(gaps, isGap)
    );
  },
);

export const parseState = parseAs<ApiState>(
  'state',
  ({ seq, at, entities, words, states }) =>
    isPlace(seq) &&
    isMoment(at) &&
    isList(entities, isEntity) &&
    isList(words, isText) &&
    isList(
      states,
      (one) =>
        Array.isArray(one) &&
        isIndex(one[0], entities) &&
        [one[1], one[3]].every((word) => isIndex(word, words)) &&
        isMoment(one[2]) &&
        isNote(one[4]) &&
        Array.isArray(one[5]) &&
        [one[5][0], one[5][1]].every(isMoment),
    ),
);
