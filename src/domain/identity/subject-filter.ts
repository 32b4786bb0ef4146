/** Whether a subject falls under one of these patterns: `*` is one token, a last `>` one or more. */
export function matchesSubject(patterns: readonly string[]): (subject: string) => boolean {
  const tokenized = patterns.map((pattern) => pattern.split('.'));
  return (subject) => {
    const tokens = subject.split('.');
    return tokenized.some((pattern) => matches(pattern, tokens));
  };
}

function matches(pattern: readonly string[], tokens: readonly string[]): boolean {
  for (const [at, token] of pattern.entries()) {
    if (token === '>') return tokens.length > at;
    if (at >= tokens.length || (token !== '*' && token !== tokens[at])) return false;
  }
  return pattern.length === tokens.length;
}
