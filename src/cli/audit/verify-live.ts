import { systemAdapters } from '../../composition/system-adapters.ts';
import type { Ports } from '../../ports/ports.ts';
import { verify } from '../../runtime/audit/verify.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { ProgressLine } from './progress.ts';

/** How many divergences the history of a namespace has from its machines, its keyframes and its registry. */
export async function verifyLive(ports: Ports, io: Terminal): Promise<number> {
  const { audit, registry, leases, keyframes } = ports;
  const { clock, hash, signatures } = systemAdapters;
  const meter = new ProgressLine(await audit.range(), clock.monotonic);
  let divergences = 0;
  await withSpinner(io, 'verifying', (say) =>
    verify(
      audit,
      { audit, registry, leases, keyframes, clock, hash, signatures },
      {
        signal: io.signal,
        onDivergence: () => {
          divergences += 1;
        },
        onProgress: (seq) => say(`verifying  ${meter.at(seq)}`),
      },
    ),
  );
  io.signal.throwIfAborted();
  return divergences;
}
