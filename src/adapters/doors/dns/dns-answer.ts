import { encode, type SoaData, type SrvData } from 'dns-packet';
import type { DnsQuery, Unanswerable } from './dns-query.ts';

type RecordData =
  | { readonly type: 'A' | 'AAAA' | 'NS'; readonly data: string }
  | { readonly type: 'SRV'; readonly data: SrvData }
  | { readonly type: 'SOA'; readonly data: SoaData };

/** A record; without a name its owner is the name that was asked. */
export type DnsRecord = RecordData & { readonly name?: string; readonly ttl: number };

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
export type Rcode = keyof typeof rcodes;

export interface DnsAnswer {
  readonly rcode: Rcode;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** Left out first if the answer is too large. */
  readonly additionals: readonly DnsRecord[];
  /** Why the answer may be outdated (EDE 3), for clients with EDNS. */
  readonly stale?: string | undefined;
}

/** The pointer to the name in the question, which follows the header. */
const asAsked = Buffer.from([0xc0, 0x0c]);
const headerLength = 12;
const staleAnswer = 3;
const extendedError = 15;
/** Largest message that this server takes over UDP. */
const ownSize = 1232;

/** The owner's name in full: rare, and only in AUTHORITY and ADDITIONAL. */
const ownerOf = ({ name }: DnsRecord): Buffer => {
  if (name === undefined) return asAsked;
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.from([Buffer.byteLength(label), ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
};

/** Records of the name that was asked, in bytes: the codec takes most of the time of an answer. */
const encoded = new Map<string, Buffer>();
/** Then all are forgotten: addresses of instances that are gone would stay. About 100 bytes each. */
const mostEncoded = 50_000;

function bytesOf(record: DnsRecord): Buffer {
  const { type, data, ttl, name } = record;
  if (name !== undefined || (type !== 'A' && type !== 'AAAA')) return encodeRecord(record);
  const key = `${type} ${ttl} ${data}`;
  const known = encoded.get(key);
  if (known) return known;
  const bytes = encodeRecord(record);
  if (encoded.size >= mostEncoded) encoded.clear();
  encoded.set(key, bytes);
  return bytes;
}

/** A record in bytes. The codec writes the owner `.` as one byte, which is replaced. */
function encodeRecord(record: DnsRecord): Buffer {
  const { name: _, ...rest } = record;
  const packet = encode({ type: 'response', answers: [{ ...rest, name: '.' }] });
  return Buffer.concat([ownerOf(record), packet.subarray(headerLength + 1)]);
}

/**
 * The message that answers a query, of at most `size` bytes. What does not fit is left out: first the
 * additional records, then the answers, with the bit that makes the client ask again over TCP. `size` 0: only
 * that bit.
 */
export function writeAnswer(query: DnsQuery, answer: DnsAnswer, size: number): Buffer {
  const opt = query.edns ? optRecord(query.edns.version, answer.stale) : Buffer.alloc(0);
  const room = Math.max(0, size - headerLength - query.question.length - opt.length);
  const answers = fitting(answer.answers, room);
  const isCut = answers.count < answer.answers.length;
  const left = room - answers.bytes.length;
  const authorities = isCut ? none : fitting(answer.authorities, left);
  const all = isCut ? none : fitting(answer.additionals, left - authorities.bytes.length);
  const header = Buffer.alloc(headerLength);
  header.writeUInt16BE(query.id, 0);
  const flags =
    0x8000 |
    (answer.rcode === 'REFUSED' ? 0 : 0x0400) |
    (isCut ? 0x0200 : 0) |
    (query.wantsRecursion ? 0x0100 : 0);
  header.writeUInt16BE(flags | rcodes[answer.rcode], 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.count, 6);
  header.writeUInt16BE(authorities.count, 8);
  header.writeUInt16BE(all.count + (opt.length > 0 ? 1 : 0), 10);
  return Buffer.concat([
    ...[header, query.question, answers.bytes, authorities.bytes, all.bytes, opt],
  ]);
}

/** The message for something that is not a question: a header only. */
export function writeRefusal({ id, rcode }: Exclude<Unanswerable, 'drop'>): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x8000 | rcodes[rcode], 2);
  return header;
}

const none = { bytes: Buffer.alloc(0), count: 0 };

function fitting(records: readonly DnsRecord[], room: number) {
  const parts: Buffer[] = [];
  let length = 0;
  for (const record of records) {
    const bytes = bytesOf(record);
    if (length + bytes.length > room) break;
    parts.push(bytes);
    length += bytes.length;
  }
  return { bytes: Buffer.concat(parts), count: parts.length };
}

/** Of an unknown version only BADVERS is known. */
function optRecord(version: number, stale: string | undefined): Buffer {
  const text = Buffer.from(stale ?? '');
  const option = Buffer.alloc(stale === undefined ? 0 : 6);
  if (stale !== undefined) {
    option.writeUInt16BE(extendedError, 0);
    option.writeUInt16BE(2 + text.length, 2);
    option.writeUInt16BE(staleAnswer, 4);
  }
  const fixed = Buffer.alloc(11);
  fixed.writeUInt16BE(41, 1);
  fixed.writeUInt16BE(ownSize, 3);
  fixed.writeUInt8(version === 0 ? 0 : 1, 5);
  fixed.writeUInt16BE(option.length + text.length, 9);
  return Buffer.concat([fixed, option, text]);
}
