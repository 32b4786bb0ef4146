import { Fault } from '../../domain/fault.ts';
import type { Divergence } from '../../domain/replay/divergence.ts';
import type { KeyframeLine } from '../../domain/replay/keyframe-format.ts';
import { compareRecord } from '../../domain/replay/record-diff.ts';
import type { Revision } from '../../domain/time.ts';
import type { KeyframeDecoder } from './keyframes/codec.ts';
import type { ChainState } from './verifier/chain-index.ts';
import type { Verifier } from './verifier/verifier.ts';

type Report = (divergence: Divergence) => void;

const nameOf = (seq: Revision): string => `keyframe ${seq}`;

/**
 * Compares all lines of a keyframe with the history up to the same event.
 * @throws {Fault} `store-unavailable`
 */
export async function checkKeyframe(
  decoder: KeyframeDecoder,
  verifier: Verifier,
  report: Report,
): Promise<void> {
  const { seq } = decoder;
  try {
    const head = await decoder.head();
    if (head.digest !== verifier.digest) {
      const [expected, found] = [verifier.digest, head.digest];
      report({ seq, entity: nameOf(seq), check: 'keyframe', expected, found });
    }
    const missing = new Set([...verifier.records.keys(), ...verifier.chains.open.keys()]);
    for await (const line of decoder.lines(head)) {
      if (line[0] === 'record' || line[0] === 'open') missing.delete(line[1]);
      const divergence = lineDivergence(line, verifier);
      if (divergence) report({ ...divergence, seq });
    }
    for (const entity of missing) {
      report({
        seq,
        entity,
        check: 'keyframe',
        expected: 'its state',
        found: 'none',
      });
    }
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === 'store-unavailable') throw cause;
    const expected = 'a keyframe that can be read';
    report({ seq, entity: nameOf(seq), check: 'keyframe', expected, found: cause.message });
  }
}

/**
 * Compares the rest of a trimmed history before a keyframe with that keyframe. It cannot be
 * replayed from its beginning, but everything it changed must be in the keyframe as it left it.
 */
export function checkBeforeKeyframe(before: Verifier, keyframe: Verifier, report: Report): void {
  const { seq } = keyframe.position;
  const { open, loose, ended } = before.chains;
  for (const chains of [open, loose, ended]) {
    for (const [entity, state] of chains) {
      const fault = chainDivergence(entity, state, keyframe, chains !== open);
      if (fault) report({ ...fault, seq });
    }
  }
  for (const [key, { entry }] of before.records) {
    const divergence = compareRecord('keyframe', key, keyframe.records.get(key), entry.text);
    if (divergence) report({ ...divergence, seq });
  }
}

function lineDivergence(line: KeyframeLine, own: Verifier): Divergence | undefined {
  const [kind, name] = line;
  switch (kind) {
    case 'record':
      return compareRecord('keyframe', name, own.records.get(name), line[2].entry.text);
    case 'open':
    case 'loose':
    case 'ended':
      return chainDivergence(name, line[2], own, kind !== 'open');
    case 'predecessor':
    case 'forgetful':
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** A chain that ended long ago may have been forgotten: then nothing is known about it. */
function chainDivergence(
  entity: string,
  state: Pick<ChainState, 'n' | 'hash'>,
  own: Verifier,
  mayBeForgotten: boolean,
): Divergence | undefined {
  const chain = own.chains.get(entity);
  if (chain ? chain.n === state.n && chain.hash === state.hash : mayBeForgotten) return undefined;
  const { seq } = own.position;
  const expected = chain ? headOf(chain) : 'no such chain';
  return { seq, entity, check: 'keyframe', expected, found: headOf(state) };
}

const headOf = ({ n, hash }: Pick<ChainState, 'n' | 'hash'>): string => `event ${n}, hash ${hash}`;
