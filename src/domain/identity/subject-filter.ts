type Matcher = (subject: string) => boolean;

/** Whether a subject matches one of these NATS patterns: `*` is one token, a final `>` one or more. */
export function matchesSubject(patterns: readonly string[]): Matcher {
  const matchers = patterns.map(matcherOf);
  const [only] = matchers;
  if (only && matchers.length === 1) return only;
  return (subject) => matchers.some((matches) => matches(subject));
}

/** Most patterns are a prefix or one subject: those need no tokens. */
function matcherOf(pattern: string): Matcher {
  const prefix = pattern.endsWith('.>') ? pattern.slice(0, -1) : undefined;
  if (pattern === '>') return () => true;
  if (prefix !== undefined && !/[*>]/.test(prefix)) return (subject) => subject.startsWith(prefix);
  if (!/[*>]/.test(pattern)) return (subject) => subject === pattern;
  const tokens = pattern.split('.');
  return (subject) => matches(tokens, subject.split('.'));
}

function matches(pattern: readonly string[], tokens: readonly string[]): boolean {
  for (const [index, token] of pattern.entries()) {
    if (token === '>') return tokens.length > index;
    if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false;
  }
  return pattern.length === tokens.length;
}
