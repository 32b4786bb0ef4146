import { Fault } from '../../domain/fault.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { MemoryWorld } from './server/memory-server.ts';
import { answerOver, type Link } from './server/transport.ts';

/** Small enough that every keyframe of a test has several pieces. */
const pieceLength = 1000;

export function memoryKeyframes({ keyframes }: MemoryWorld, link: Link): Keyframes {
  return {
    list: () =>
      answerOver(link, 'listing keyframes', () => [...keyframes.keys()].sort((a, b) => a - b)),

    async *get(seq) {
      const text = await answerOver(link, `reading keyframe ${seq}`, () => keyframes.get(seq));
      if (text === undefined) throw new Fault('not-found', `no keyframe at ${seq}`);
      for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength);
    },

    async put(seq, pieces) {
      let text = '';
      for await (const piece of pieces) text += piece;
      return answerOver(link, `keeping keyframe ${seq}`, () => {
        if (keyframes.has(seq)) return 'already';
        keyframes.set(seq, text);
        return 'kept';
      });
    },

    drop: (seq) =>
      answerOver(link, `removing keyframe ${seq}`, () => {
        keyframes.delete(seq);
      }),
  };
}
