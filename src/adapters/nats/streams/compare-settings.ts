import type { Settings } from './stream-settings.ts';

/** A setting of a stream that is not as this adapter would have made it. */
export interface Finding {
  readonly stream: string;
  readonly setting: string;
  readonly found: unknown;
  readonly wanted: unknown;
  /** Whether a promise of the store breaks with it; the others are somebody's choice. */
  readonly dangerous: boolean;
}

/**
 * The rule for each setting that matters. What is not listed (placement, description, limits on
 * consumers, republishing) changes nothing for us.
 */
const rules: readonly {
  readonly setting: keyof Settings;
  /** What the server means when it leaves the setting out. */
  readonly zero: unknown;
  /**
   * `when-off`: being stricter, or able to do more, than we asked for harms nobody. `not-of-audit`:
   * a history may be trimmed, by whoever's policy; a keyframe stands for what is gone (retention.ts).
   * `when-small`: less than a server lets through by itself, so that something of ours is refused.
   */
  readonly dangerous: boolean | 'when-off' | 'when-small' | 'not-of-audit';
}[] = [
  { setting: 'storage', zero: 'file', dangerous: true },
  { setting: 'retention', zero: 'limits', dangerous: true },
  { setting: 'discard', zero: 'old', dangerous: 'not-of-audit' },
  { setting: 'discard_new_per_subject', zero: false, dangerous: true },
  { setting: 'subjects', zero: [], dangerous: true },
  { setting: 'sources', zero: [], dangerous: true },
  { setting: 'mirror', zero: null, dangerous: true },
  { setting: 'subject_transform', zero: null, dangerous: true },
  { setting: 'max_msg_size', zero: -1, dangerous: 'when-small' },
  { setting: 'max_msgs_per_subject', zero: -1, dangerous: true },
  { setting: 'max_age', zero: 0, dangerous: 'not-of-audit' },
  { setting: 'allow_atomic', zero: false, dangerous: 'when-off' },
  { setting: 'allow_msg_ttl', zero: false, dangerous: true },
  { setting: 'allow_msg_counter', zero: false, dangerous: true },
  { setting: 'subject_delete_marker_ttl', zero: 0, dangerous: true },
  { setting: 'allow_rollup_hdrs', zero: false, dangerous: true },
  { setting: 'deny_delete', zero: false, dangerous: 'when-off' },
  { setting: 'deny_purge', zero: false, dangerous: 'when-off' },
  { setting: 'no_ack', zero: false, dangerous: true },
  { setting: 'sealed', zero: false, dangerous: true },
  { setting: 'persist_mode', zero: 'default', dangerous: true },
  { setting: 'allow_direct', zero: false, dangerous: false },
  { setting: 'allow_msg_schedules', zero: false, dangerous: false },
  { setting: 'compression', zero: 'none', dangerous: false },
  { setting: 'max_msgs', zero: -1, dangerous: false },
  { setting: 'max_bytes', zero: -1, dangerous: false },
  { setting: 'num_replicas', zero: 1, dangerous: false },
];

/** `max_payload`, where nobody says otherwise. */
const largestMessage = 1024 * 1024;

/** Where the stream found differs from the one wanted, in the order of the rules. */
export function compareSettings(
  found: Settings,
  wanted: Settings & { readonly name: string },
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { setting, zero, dangerous } of rules) {
    const has = plain(found[setting] ?? zero);
    const wants = plain(wanted[setting] ?? zero);
    if (JSON.stringify(has) === JSON.stringify(wants)) continue;
    const harms = doesHarm(dangerous, has, wanted);
    findings.push({ stream: wanted.name, setting, found: has, wanted: wants, dangerous: harms });
  }
  return findings;
}

function doesHarm(
  rule: (typeof rules)[number]['dangerous'],
  found: unknown,
  wanted: Settings,
): boolean {
  if (rule === 'when-off') return found === false;
  if (rule === 'when-small') return typeof found !== 'number' || found < largestMessage;
  return rule === 'not-of-audit' ? wanted.sources === undefined : rule;
}

/** For a person: `KV_x: allow_rollup_hdrs is true, must be false`. */
export const formatFinding = ({ stream, setting, found, wanted, dangerous }: Finding): string =>
  `${stream}: ${setting} is ${JSON.stringify(found)}, ${dangerous ? 'must be' : 'would be'} ${JSON.stringify(wanted)}`;

/** Without what the server adds by itself, and in an order of its own. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(plain);
    return items.every((item) => typeof item === 'string') ? items.toSorted() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined && v !== '' && v !== 0);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([k, v]) => [k, plain(v)]));
}
