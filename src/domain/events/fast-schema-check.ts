import { type AuditEvent, eventVersion } from './event-schema.ts';

/**
 * Whether a value is an audit event beyond doubt: `AuditEvent.parse` would give back its equal.
 *
 * A history has millions of events, nearly all of them plain: names in printable ASCII, no fields in
 * places where `parse` would drop them. For those this answers at a tenth of the cost. False says
 * nothing: then `parse` decides, which stays the one definition of an event. A property test holds
 * the two together.
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
    (value['prev'] === null || typeof value['prev'] === 'string')
  );
}

/** Nested further than any machine of ours: left to `parse`, recursion included. */
const deepest = 8;
/** 341 units are at most 1023 bytes. Printable ASCII is well-formed and has no control characters. */
const plainName = /^[ -~]{1,341}$/;
const runId = /^[0-9a-z]{8,64}$/;

type Fields = Readonly<Record<string, unknown>>;

/** As JSON has objects. A field called `__proto__` is dropped by `parse`: not plain. */
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

const isRun = (value: Fields): boolean =>
  isName(value['host']) &&
  isName(value['agent']) &&
  typeof value['run'] === 'string' &&
  runId.test(value['run']);

const isActor = (value: unknown): boolean =>
  isObject(value) && isRun(value) && Object.keys(value).length === 3;

/** With its own fields and no others: `parse` would drop those. Holds and the like are few: left to it. */
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
