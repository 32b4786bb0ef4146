import type { Revision, WallTime } from '../../../domain/time.ts';
import type { ApiWhy } from '../../api-types.ts';

type Part = ApiWhy['found'][number][number];

/** What the page asked about. */
interface Asked {
  readonly kind: 'agent' | 'instance';
  readonly name: string;
  /** Undefined: the present. */
  readonly at?: Revision | undefined;
  readonly time?: WallTime | undefined;
}

/** The sentences in pieces: the beginning, then text, in which events (`#113`) and the plan are linked. */
export function whyParts(sentences: readonly string[], asked: Asked): readonly Part[] {
  const text = sentences.join(' ');
  const end = /: /.exec(text)?.index ?? text.length;
  const rest = text.slice(end + 1).split(/(#\d+|`rollcall gc plan`)/);
  return [
    [text.slice(0, end + 1), ''],
    ...rest.map((part, n): Part => (n % 2 ? linked(part, asked) : [part])),
  ];
}

function linked(part: string, { kind, name, at, time }: Asked): Part {
  if (part.startsWith('#')) {
    const seq = part.slice(1);
    const of = `${kind}/${name.split('/').map(encodeURIComponent).join('/')}`;
    return [part, `#/entity?${new URLSearchParams({ at: `seq:${seq}`, of, open: seq })}`];
  }
  const moment = time === undefined ? `seq:${at}` : new Date(time).toISOString();
  return ['GC', at === undefined ? '#/gc' : `#/gc?${new URLSearchParams({ at: moment })}`];
}
