/** Whether a subject matches one of these NATS patterns: `*` is one token, a final `>` one or more. */
export function matchesSubject(patterns: readonly string[]): (subject: string) => boolean {
  const tokenized = patterns.map((pattern) => pattern.split('.'));
  return (subject) => {
    const tokens = subject.split('.');
    return tokenized.some((pattern) => matches(pattern, tokens));
  };
}

function matches(pattern: readonly string[], tokens: readonly string[]): boolean {
  for (const [index, token] of pattern.entries()) {
    if (token === '>') return tokens.length > index;
    if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false;
  }
  return pattern.length === tokens.length;
}
