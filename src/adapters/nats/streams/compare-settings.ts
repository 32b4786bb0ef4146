import type { Settings } from './stream-settings.ts';

/** A stream setting that differs from what this adapter would create. */
export interface SettingMismatch {
  readonly stream: string;
  readonly setting: string;
  readonly found: unknown;
  readonly wanted: unknown;
  /** Whether a guarantee of the store breaks with it. The others are an operator's choice. */
  readonly dangerous: boolean;
}

/**
 * The rule for each setting that matters. Settings that are not listed (placement, description,
 * consumer limits, republishing) have no effect on us.
 */
const rules: readonly {
  readonly setting: keyof Settings;
  /** The value of a setting that the server omits. */
  readonly zero: unknown;
  /**
   * `when-off`: a stricter or more capable stream is harmless. `not-of-audit`: a history may be trimmed
   * by any policy, because a keyframe replaces the removed events (retention.ts). `when-small`: below
   * the server's default, so that messages of ours are refused.
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

/** The server's default `max_payload`. */
const defaultMaxPayload = 1024 * 1024;

/** The settings in which a stream differs from the desired one, in the order of the rules. */
export function compareSettings(
  found: Settings,
  wanted: Settings & { readonly name: string },
): readonly SettingMismatch[] {
  const findings: SettingMismatch[] = [];
  for (const { setting, zero, dangerous } of rules) {
    const actual = normalize(found[setting] ?? zero);
    const desired = normalize(wanted[setting] ?? zero);
    if (JSON.stringify(actual) === JSON.stringify(desired)) continue;
    findings.push({
      ...{ stream: wanted.name, setting, found: actual, wanted: desired },
      dangerous: isDangerous(dangerous, actual, wanted),
    });
  }
  return findings;
}

function isDangerous(
  rule: (typeof rules)[number]['dangerous'],
  found: unknown,
  wanted: Settings,
): boolean {
  if (rule === 'when-off') return found === false;
  if (rule === 'when-small') return typeof found !== 'number' || found < defaultMaxPayload;
  return rule === 'not-of-audit' ? wanted.sources === undefined : rule;
}

/** For example `KV_x: allow_rollup_hdrs is true, must be false`. */
export const formatFinding = ({
  stream,
  setting,
  found,
  wanted,
  dangerous,
}: SettingMismatch): string =>
  `${stream}: ${setting} is ${JSON.stringify(found)}, ${dangerous ? 'must be' : 'would be'} ${JSON.stringify(wanted)}`;

/** Without empty values that the server adds, and in a canonical order. */
function normalize(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normalize);
    return items.every((item) => typeof item === 'string') ? items.toSorted() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined && v !== '' && v !== 0);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([k, v]) => [k, normalize(v)]));
}
