import { Fault } from '../../domain/fault.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { requestOver, type Transport } from './server/transport.ts';

/** Small enough that every keyframe of a test has several pieces. */
const pieceLength = 1000;

export function memoryKeyframes({ keyframes }: MemoryServer, link: Transport): Keyframes {
  return {
    list: () =>
      requestOver(link, 'listing keyframes', () => [...keyframes.keys()].sort((a, b) => a - b)),

    async *get(seq) {
      const text = await requestOver(link, `reading keyframe ${seq}`, () => keyframes.get(seq));
      if (text === undefined) throw new Fault('not-found', `no keyframe at ${seq}`);
      for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength);
    },

    async put(seq, pieces) {
      let text = '';
      for await (const piece of pieces) text += piece;
      return requestOver(link, `keeping keyframe ${seq}`, () => {
        if (keyframes.has(seq)) return 'already';
        keyframes.set(seq, text);
        return 'kept';
      });
    },

    drop: (seq) =>
      requestOver(link, `removing keyframe ${seq}`, () => {
        keyframes.delete(seq);
      }),
  };
}
