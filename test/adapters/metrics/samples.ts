const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = `${name}="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"`;
const sample = new RegExp(`^(${name}(?:\\{${label}(?:,${label})*\\})?) (\\S+)$`);
const comment = new RegExp(
  `^# (?:HELP ${name} .+|TYPE ${name} (?:counter|gauge|histogram|summary))$`,
);

/**
 * The samples of a text in the Prometheus format, by name and labels as written. Throws at the first
 * invalid line.
 */
export function samplesIn(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || comment.test(line)) continue;
    const [, key, value] = sample.exec(line) ?? [];
    if (key === undefined || value === undefined) throw new Error(`not a sample: ${line}`);
    if (samples.has(key)) throw new Error(`duplicate sample: ${line}`);
    samples.set(key, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value));
  }
  return samples;
}
