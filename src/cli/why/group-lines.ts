import { plural } from '../tables/footer.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { wrapText } from '../terminal/wrap.ts';
import type { Explanation } from './context.ts';
import type { Group } from './explain-group.ts';

const nouns = { service: 'instance', host: 'agent' } as const;

/** A group as text: its members counted by state, each that is not live explained, then the names of the live ones. */
export function groupLines(
  { kind, name, members }: Group,
  { columns, palette }: Pick<Terminal, 'columns' | 'palette'>,
): readonly string[] {
  const all = members.flatMap(({ explanations }) => explanations);
  const counts = new Map<string, number>();
  for (const one of all) counts.set(stateOf(one), (counts.get(stateOf(one)) ?? 0) + 1);
  const summed = [...counts].map(([state, n]) => `${n} ${state}`).join(', ');
  const head = `${kind} ${name}: ${plural(all.length, nouns[kind])}: ${summed}`;
  const unusual = all.filter((one) => stateOf(one) !== 'live');
  const live = members.filter(({ explanations }) =>
    explanations.every((one) => stateOf(one) === 'live'),
  );
  const text = (words: string) => wrapText(escapeControls(words), columns);
  return [
    ...text(head),
    ...unusual.flatMap(({ sentences }) => ['', ...text(sentences.join(' '))]),
    ...(live.length === 0 ? [] : ['', ...text(`live: ${live.map((one) => one.name).join(', ')}`)]),
    '',
    palette.dim(`one of them: rollcall why ${kind === 'service' ? 'SERVICE/ID' : 'HOST/AGENT'}`),
  ];
}

const stateOf = ({ facts }: Explanation): string => String(facts['state']);
