const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = `${name}="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"`;
const sample = new RegExp(`^(${name}(?:\\{${label}(?:,${label})*\\})?) (\\S+)$`);
const comment = new RegExp(
  `^# (?:HELP ${name} .+|TYPE ${name} (?:counter|gauge|histogram|summary))$`,
);

/**
 * The samples of a text in Prometheus's format, by name and labels as they are written there; throws
 * at the first line that is none.
 */
export function samplesIn(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || comment.test(line)) continue;
    const [, key, value] = sample.exec(line) ?? [];
    if (key === undefined || value === undefined) throw new Error(`no sample: ${line}`);
    if (samples.has(key)) throw new Error(`twice: ${line}`);
    samples.set(key, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value));
  }
  return samples;
}
