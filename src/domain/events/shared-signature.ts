import type { Hash } from './hash-chain.ts';
import type { Signer } from './signature.ts';

/**
 * One signature for several texts: a Merkle tree over them as in RFC 9162, section 2.1, with hashes in
 * hex. Each text brings the hashes that lead from it to the root, so that it can be checked without the
 * others.
 */
export interface SharedSignature {
  /** Position of the text, from 0. */
  readonly index: number;
  /** Number of texts. It is signed with the root. */
  readonly size: number;
  /** SHA-256 in hex, joined: the siblings on the way from the text to the root. */
  readonly path: string;
}

const hashLength = 64;

/** Prefixes as in RFC 9162: no inner node can be taken for a text. */
const leaf = (text: string, hash: Hash): string => hash(`\0${text}`);
const node = (left: string, right: string, hash: Hash): string => hash(`\u0001${left}${right}`);

/** What is signed. It begins like no event, so that a signature of one kind is never one of the other. */
const signedText = (size: number, root: string): string => ['events', size, root].join(' ');

/** Signs all texts at once. */
export function signTogether(
  texts: readonly string[],
  signer: Signer,
  hash: Hash,
): { readonly sig: string; readonly shares: readonly SharedSignature[] } {
  const size = texts.length;
  const levels = [texts.map((text) => leaf(text, hash))];
  for (let level = levels[0] ?? []; level.length > 1; levels.push(level)) {
    level = parentsOf(level, hash);
  }
  const [root = ''] = levels.at(-1) ?? [];
  const shares = texts.map((_, index) => ({ index, size, path: pathFrom(index, levels) }));
  return { sig: signer.sign(signedText(size, root)), shares };
}

/** A node without a sibling goes up unchanged, which gives the tree of the RFC. */
function parentsOf(level: readonly string[], hash: Hash): string[] {
  const parents: string[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left = '', right] = [level[at], level[at + 1]];
    parents.push(right === undefined ? left : node(left, right, hash));
  }
  return parents;
}

function pathFrom(index: number, levels: readonly (readonly string[])[]): string {
  let path = '';
  let at = index;
  for (const level of levels) {
    path += level[at % 2 === 0 ? at + 1 : at - 1] ?? '';
    at = Math.floor(at / 2);
  }
  return path;
}

/** The text that was signed if this text is the one at its position; undefined: it cannot be. */
export function signedTextOf(
  text: string,
  { index, size, path }: SharedSignature,
  hash: Hash,
): string | undefined {
  if (index >= size) return undefined;
  let found = leaf(text, hash);
  let used = 0;
  for (
    let at = index, last = size - 1;
    last > 0;
    at = Math.floor(at / 2), last = Math.floor(last / 2)
  ) {
    const isAlone = at === last && at % 2 === 0;
    if (isAlone) continue;
    const sibling = path.slice(used, used + hashLength);
    if (sibling.length < hashLength) return undefined;
    found = at % 2 === 0 ? node(found, sibling, hash) : node(sibling, found, hash);
    used += hashLength;
  }
  return used === path.length ? signedText(size, found) : undefined;
}
