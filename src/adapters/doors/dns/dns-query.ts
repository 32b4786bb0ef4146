import { decode } from 'dns-packet';

/** A question that may be answered. */
export interface DnsQuery {
  readonly id: number;
  /** Whether the client asks for recursion; the bit is returned. */
  readonly wantsRecursion: boolean;
  /** Without the final dot, as the client wrote it. */
  readonly name: string;
  /** `A`, `SRV`, … */
  readonly type: string;
  readonly class: string;
  /** The question as it was sent: clients compare it, letters included. */
  readonly question: Buffer;
  /** The extension (EDNS) and the largest answer over UDP; undefined: none. */
  readonly edns: { readonly size: number; readonly version: number } | undefined;
}

/** A message that is not a question: it is dropped, or answered with this code. */
export type Unanswerable = { readonly id: number; readonly rcode: 'FORMERR' | 'NOTIMP' } | 'drop';

const headerLength = 12;
/** No question is longer: a name of 255 bytes and options. */
export const longestQuery = 4096;

/** Reads a message. It never throws. The counts in the header are checked before anything is decoded. */
export function readQuery(message: Buffer): DnsQuery | Unanswerable {
  if (message.length < headerLength || message.length > longestQuery) return 'drop';
  const id = message.readUInt16BE(0);
  const flags = message.readUInt16BE(2);
  const isResponse = (flags & 0x8000) !== 0;
  if (isResponse) return 'drop';
  if ((flags & 0x7800) !== 0) return { id, rcode: 'NOTIMP' };
  const [questions = 0, answers = 0, authorities = 0, additionals = 0] = [4, 6, 8, 10].map((at) =>
    message.readUInt16BE(at),
  );
  if (questions !== 1 || answers > 2 || authorities > 2 || additionals > 2)
    return { id, rcode: 'FORMERR' };
  const length = questionLength(message);
  if (length === undefined) return { id, rcode: 'FORMERR' };
  try {
    const packet = decode(message);
    const [asked] = packet.questions ?? [];
    if (!asked) return { id, rcode: 'FORMERR' };
    const opt = packet.additionals?.find((one) => one.type === 'OPT');
    return {
      ...{ id, wantsRecursion: (flags & 0x0100) !== 0 },
      ...{ name: asked.name === '.' ? '' : asked.name, type: asked.type },
      class: asked.class ?? 'IN',
      question: message.subarray(headerLength, headerLength + length),
      edns: opt && {
        size: Math.max(512, opt.udpPayloadSize),
        version: opt.ednsVersion ?? 0,
      },
    };
  } catch {
    return { id, rcode: 'FORMERR' };
  }
}

/** Bytes of the question: labels, type and class; undefined if a label is compressed or cut off. */
function questionLength(message: Buffer): number | undefined {
  let at = headerLength;
  for (;;) {
    const label = message[at];
    if (label === undefined || label > 63) return undefined;
    at += 1 + label;
    if (label === 0) break;
  }
  const length = at + 4 - headerLength;
  return at + 4 > message.length || length > 259 ? undefined : length;
}
