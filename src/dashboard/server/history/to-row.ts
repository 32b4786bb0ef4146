import type { AuditEvent, StateValue } from '../../../domain/events/event-schema.ts';
import { defaultFlaps } from '../../../domain/policy/flaps.ts';
import { FleetPolicy } from '../../../domain/policy/fleet-policy.ts';
import type { ApiDetails, ApiEntity } from '../../api-types.ts';

/** One event as a row of a page. */
export interface PageEvent {
  readonly entity: ApiEntity;
  readonly type: string;
  readonly to: string;
  readonly chart: string;
  readonly edges: readonly string[];
  readonly note: ApiDetails;
}

export const toRow = (event: AuditEvent): PageEvent => ({
  entity: event.of,
  type: event.event.type,
  to: encodeState(event.to),
  chart: event.chart,
  edges: event.edges,
  note: noteOf(event),
});

/** The active leaves by id below the machine's, joined by `+`. */
export function encodeState(value: StateValue): string {
  const leaves: string[] = [];
  collect(value, '', leaves);
  return leaves.join('+');
}

function collect(value: StateValue, path: string, into: string[]): void {
  if (typeof value === 'string') {
    into.push(path + value);
    return;
  }
  for (const [region, inner] of Object.entries(value)) {
    if (inner !== undefined) collect(inner, `${path}${region}.`, into);
  }
}

/** The XState state value of an encoded state. */
export function decodeState(encoded: string): StateValue {
  type Nested = { [region: string]: Nested | string };
  // The text comes from an event and is not trusted: a region called `__proto__` is a region.
  const bare = (): Nested => Object.create(null);
  const root = bare();
  for (const leaf of encoded.split('+')) {
    const path = leaf.split('.');
    const last = path.pop() ?? '';
    const above = path.pop();
    if (above === undefined) return last;
    let at = root;
    for (const region of path) {
      const next = at[region];
      const inner = typeof next === 'object' ? next : bare();
      at[region] = inner;
      at = inner;
    }
    at[above] = last;
  }
  return root;
}

/** Maximum length of a text in a row, so that rows stay small. The page requests the full event by its sequence. */
const longest = 200;

/** What screens show in addition to the transition. Every value is checked. */
function noteOf({ of, event, actor, evidence, record }: AuditEvent): ApiDetails {
  const own = 'agent' in of && of.entity !== 'hold' && actor.run === of.run;
  const by = own ? undefined : `${actor.host}/${actor.agent}`;
  const why =
    text(event['reason']) ??
    text(event['why']) ??
    text(event['detail']) ??
    text(evidence?.['taken']);
  return {
    ...(by !== undefined && { by }),
    ...(why !== undefined && { why }),
    ...(record !== null && detailsOfRecord(of.entity, event.type, record)),
  };
}

/** The fields of a record that screens show, when the entity begins and when they change. */
export function detailsOfRecord(
  entity: ApiEntity['entity'],
  type: string,
  record: Readonly<Record<string, unknown>>,
): ApiDetails {
  switch (entity) {
    case 'run':
      return type === 'started' ? some(record, ['ttl', 'grace'], ['zone', 'address']) : {};
    case 'instance':
      return type === 'registered' || type === 'changed'
        ? { ...some(record, ['port'], ['address']), labels: labelLines(record['labels']) }
        : {};
    case 'hold':
      return some(record, ['until'], ['why']);
    case 'brake':
      return some(record, ['seen', 'suspect', 'expired'], []);
    case 'policy':
      return policyDetails(record);
    default:
      return {};
  }
}

/** Always set, so that a later policy replaces what an earlier one had. */
function policyDetails(record: Readonly<Record<string, unknown>>): ApiDetails {
  const policy = FleetPolicy.safeParse(record['policy']);
  const { acknowledged = [], flaps = defaultFlaps } = policy.success ? policy.data : {};
  return { flaps, acknowledged: acknowledged.map(({ why: _, ...one }) => one) };
}

/** What is beyond this length is not found by the filter of the page. */
const longestLabels = 2000;

/** Also set without a label, so that a later record without labels replaces an earlier one. */
function labelLines(labels: unknown): string {
  if (typeof labels !== 'object' || labels === null) return '';
  const lines = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  let text = '';
  for (const line of lines.map((one) => one.replaceAll('\n', ' '))) {
    if (text.length + line.length >= longestLabels) break;
    text += text === '' ? line : `\n${line}`;
  }
  return text;
}

function some(
  record: Readonly<Record<string, unknown>>,
  numbers: readonly (keyof ApiDetails)[],
  texts: readonly (keyof ApiDetails)[],
): ApiDetails {
  const note: Record<string, unknown> = {};
  for (const name of numbers) if (Number.isFinite(record[name])) note[name] = record[name];
  for (const name of texts) {
    const value = text(record[name]);
    if (value !== undefined) note[name] = value;
  }
  return note;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, longest) : undefined;
