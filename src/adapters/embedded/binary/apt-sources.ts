/** A package source of apt: the fields that are needed here. */
export type AptSource = { uri: string; signedBy: string | undefined };

/**
 * The sources in apt's one-line format (`sources.list`, `*.list`):
 * `deb [arch=amd64 signed-by=/path] http://host/debian suite component…`.
 * Options such as `trusted=yes` are ignored on purpose: signatures are always checked here.
 */
export function readOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const fields = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+\S/.exec(line);
    const [options = '', uri] = fields?.slice(1) ?? [];
    if (uri === undefined) return [];
    return [{ uri, signedBy: keyFile(/(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1]) }];
  });
}

/** The sources in the deb822 format (`*.sources`): stanzas of fields, enabled by default. */
export function readStanzaSources(text: string): AptSource[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const fields = readFields(stanza);
      const binary = fields.get('types')?.split(/\s+/).includes('deb') ?? false;
      if (!binary || /^(no|false|without|off|disable)$/i.test(fields.get('enabled') ?? ''))
        return [];
      const signedBy = keyFile(fields.get('signed-by'));
      const uris = fields.get('uris')?.split(/\s+/) ?? [];
      return uris.filter((uri) => uri !== '').map((uri) => ({ uri, signedBy }));
    });
}

/** The fields of a stanza by lower-case name. A line that starts with a blank continues its field. */
function readFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of stanza.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}

/** Our own sources list can only name key files, not fingerprints or inline keys. */
function keyFile(signedBy: string | undefined): string | undefined {
  return signedBy !== undefined && /^\/\S+$/.test(signedBy) ? signedBy : undefined;
}

/**
 * The mirrors that may have another suite, in apt's order without duplicates. Security archives have
 * only stable releases, and a disc only its own suite.
 */
export function mirrorsOf(sources: readonly AptSource[]): AptSource[] {
  const mirrors = sources.filter(({ uri }) => !/^cdrom:|security/.test(uri));
  return mirrors.filter(({ uri }, i) => mirrors.findIndex((other) => other.uri === uri) === i);
}
