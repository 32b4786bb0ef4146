import { type AuditEvent, eventVersion } from './event-schema.ts';

/**
 * Whether a value certainly is an audit event, so that `AuditEvent.parse` would return an equal value.
 *
 * Nearly all events of a history are simple: names in printable ASCII and no extra fields that `parse`
 * would drop. For those this check takes a tenth of the time. False means unknown: then `parse` decides,
 * which remains the only definition of an event. A property test compares the two.
 */
export function passesFastSchemaCheck(value: unknown): value is AuditEvent {
  return (
    isObject(value) &&
    value['v'] === eventVersion &&
    typeof value['eventId'] === 'string' &&
    isWhole(value['at']) &&
    isChain(value['of']) &&
    typeof value['machine'] === 'string' &&
    typeof value['chart'] === 'string' &&
    isCount(value['n']) &&
    isObject(value['event']) &&
    typeof value['event']['type'] === 'string' &&
    (value['from'] === null || isState(value['from'], deepest)) &&
    isState(value['to'], deepest) &&
    isStrings(value['edges']) &&
    isActor(value['actor']) &&
    isOptional(value, 'cause', isString) &&
    isOptional(value, 'evidence', isObject) &&
    (value['record'] === null || isObject(value['record'])) &&
    isOptional(value, 'lost', isCount) &&
    (value['prev'] === null || typeof value['prev'] === 'string') &&
    isOptional(value, 'key', isString) &&
    isOptional(value, 'shared', isShared) &&
    isOptional(value, 'sig', isString)
  );
}

/** Maximum depth of a state here, more than any machine has. Deeper states are left to `parse`. */
const deepest = 8;
/** 341 units are at most 1023 bytes. Printable ASCII is well-formed and has no control characters. */
const plainName = /^[ -~]{1,341}$/;
const runId = /^[0-9a-z]{8,64}$/;

type Fields = Readonly<Record<string, unknown>>;

/** A JSON object. One with a field `__proto__` is left to `parse`, which drops that field. */
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !Object.hasOwn(value, '__proto__');

const isString = (value: unknown): boolean => typeof value === 'string';
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;
const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every(isString);
const isName = (value: unknown): boolean => typeof value === 'string' && plainName.test(value);

const isOptional = (of: Fields, field: string, rule: (value: unknown) => boolean): boolean =>
  of[field] === undefined ? !(field in of) : rule(of[field]);

function isState(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return true;
  if (!isObject(value) || depth === 0) return false;
  for (const region in value) if (!isState(value[region], depth - 1)) return false;
  return true;
}

/** Without extra fields, which `parse` would drop. */
const isShared = (value: unknown): boolean =>
  isObject(value) &&
  isWhole(value['index']) &&
  isWhole(value['size']) &&
  isString(value['path']) &&
  Object.keys(value).length === 3;

const isRun = (value: Fields): boolean =>
  isName(value['host']) &&
  isName(value['agent']) &&
  typeof value['run'] === 'string' &&
  runId.test(value['run']);

const isActor = (value: unknown): boolean =>
  isObject(value) && isRun(value) && Object.keys(value).length === 3;

/** A chain without extra fields, which `parse` would drop. Fleet chains are rare and left to `parse`. */
function isChain(value: unknown): boolean {
  if (!isObject(value) || !isRun(value)) return false;
  const fields = Object.keys(value).length;
  switch (value['entity']) {
    case 'run':
    case 'session':
    case 'collector':
      return fields === 4;
    case 'instance':
      return fields === 6 && isName(value['service']) && isName(value['id']);
    default:
      return false;
  }
}
