import { Fault } from '../../domain/fault.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { MemoryServer } from './server/memory-server.ts';
import { requestOver, type Transport } from './server/transport.ts';

/** Small, so that every keyframe of a test has several pieces. */
const pieceLength = 1000;

export function memoryKeyframes({ keyframes }: MemoryServer, transport: Transport): Keyframes {
  return {
    list: () =>
      requestOver(transport, 'listing keyframes', () =>
        [...keyframes.keys()].sort((a, b) => a - b),
      ),

    async *get(seq) {
      const text = await requestOver(transport, `reading keyframe ${seq}`, () =>
        keyframes.get(seq),
      );
      if (text === undefined) throw new Fault('not-found', `keyframe ${seq} does not exist`);
      for (let start = 0; start < text.length; start += pieceLength) {
        yield text.slice(start, start + pieceLength);
      }
    },

    async put(seq, pieces) {
      let text = '';
      for await (const piece of pieces) text += piece;
      return requestOver(transport, `storing keyframe ${seq}`, () => {
        if (keyframes.has(seq)) return 'already';
        keyframes.set(seq, text);
        return 'kept';
      });
    },

    drop: (seq) =>
      requestOver(transport, `removing keyframe ${seq}`, () => {
        keyframes.delete(seq);
      }),
  };
}
