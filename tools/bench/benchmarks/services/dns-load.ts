import { createSocket } from 'node:dgram';
import { encode } from 'dns-packet';
import { type Millis, seconds } from '../../../../src/domain/time.ts';
import type { Benchmark } from '../../benchmark.ts';
import type { BenchmarkNamespace } from '../../fixture/benchmark-namespace.ts';
import { seedRegistry } from '../../fixture/seed-registry.ts';

/** 500 services with 20 instances each. */
const services = 500;
const instancesEach = 20;
const atOnce = 16;
const roundsOf = (quick: boolean): number => (quick ? 5 : 20);
const roundTakes: Millis = seconds(2);

/** As many questions as one process of `serve --dns` answers, with the client on the same machine. */
export const dnsLoad: Benchmark = {
  name: 'dns-load',
  takes: (quick) => seconds(10) + roundsOf(quick) * 2 * roundTakes,

  async measure(stage) {
    await seedRegistry({ agents: instancesEach, instancesEach: services }, stage);
    await using door = await stage.start('serve-dns', { services });
    const { port, answerBytes } = door.answer;
    await using echo = await stage.start('answer-udp', { bytes: answerBytes });
    const rounds: Round[] = [];
    const bare: Round[] = [];
    for (let n = 1; n <= roundsOf(stage.quick); n += 1) {
      stage.say(`round ${n} of ${roundsOf(stage.quick)}`);
      rounds.push(await askAlways(port, stage));
      bare.push(await askAlways(echo.answer.port, stage));
    }
    const what = `a UDP server of Node that answers with ${answerBytes} bytes and reads nothing`;
    return [
      {
        ...{ name: 'dns-load', unit: '/s', limit: { of: 'median', atLeast: 5000 } },
        what: `A questions, 20 addresses each, ${services * instancesEach} instances, one process`,
        samples: rounds.map(({ rate }) => rate),
        floor: { what, samples: bare.map(({ rate }) => rate) },
      },
      {
        ...{ name: 'dns-latency', unit: 'ms', limit: { of: 'p99', atMost: 5 } },
        what: `how long an answer takes under that load, ${atOnce} questions at a time`,
        samples: rounds.flatMap(({ took }) => took),
        floor: { what, samples: bare.flatMap(({ took }) => took) },
      },
    ];
  },
};

interface Round {
  /** Answers per second. */
  readonly rate: number;
  readonly took: readonly Millis[];
}

/** Keeps so many questions on their way for the time of a round. An answer with an error ends the benchmark. */
async function askAlways(port: number, { signal }: BenchmarkNamespace): Promise<Round> {
  const socket = createSocket('udp4');
  const sentAt = new Map<number, number>();
  const took: Millis[] = [];
  const over = Promise.withResolvers<void>();
  let asked = 0;
  const ask = () => {
    asked = (asked + 1) & 0xffff;
    sentAt.set(asked, performance.now());
    socket.send(questionOf(asked), port, '127.0.0.1');
  };
  const began = performance.now();
  socket.on('message', (answer) => {
    const now = performance.now();
    const id = answer.readUInt16BE(0);
    const at = sentAt.get(id);
    sentAt.delete(id);
    if (at === undefined) return;
    if ((answer.readUInt8(3) & 0x0f) !== 0) over.reject(new Error('an answer has an error code'));
    took.push(now - at);
    if (now - began < roundTakes) ask();
    else over.resolve();
  });
  socket.on('error', over.reject);
  const stop = () => over.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  // A lost datagram would end the round too late.
  const late = setTimeout(over.resolve, roundTakes + seconds(1));
  try {
    for (let n = 0; n < atOnce; n += 1) ask();
    await over.promise;
    return { rate: took.length / ((performance.now() - began) / 1000), took };
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
    socket.close();
  }
}

const questions = new Map<number, Buffer>();

/** The question with this id, for one of the services. */
function questionOf(id: number): Buffer {
  const which = id % services;
  const name = `service-${which}.service.rollcall`;
  const text =
    questions.get(which) ??
    encode({
      ...{ type: 'query', id: 0, flags: 0x0100 },
      questions: [{ type: 'A', name }],
      additionals: [ednsOf(4096)],
    });
  questions.set(which, text);
  const question = Buffer.from(text);
  question.writeUInt16BE(id, 0);
  return question;
}

const ednsOf = (udpPayloadSize: number) => ({
  ...{ type: 'OPT' as const, name: '.' as const, udpPayloadSize },
  ...{ extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] },
});
