import { systemEntropy } from '../../../../src/adapters/system/entropy.ts';
import { AgentName, HostId } from '../../../../src/domain/identity/names.ts';
import type { Ports } from '../../../../src/ports/ports.ts';
import { KeyframeWriter } from '../../../../src/runtime/audit/keyframes/keyframe-writer.ts';
import { collector as machine } from '../../../../src/runtime/transitions/machine-set.ts';
import { ProcessChain } from '../../../../src/runtime/transitions/process-chain.ts';

/** A collector with a seat, whose `writer` makes and signs keyframes of all events. */
export function startKeyframeSigner(ports: Ports) {
  const actor = {
    host: HostId.parse('watch'),
    agent: AgentName.parse('c'),
    run: systemEntropy.runId(),
  };
  const chain = new ProcessChain(
    { entity: 'collector', ...actor },
    { actor, ports },
    machine,
    ports,
  );
  chain.take({ type: 'seated', seat: 1 });
  chain.take({ type: 'sighted' });
  const sign = (seq: number, digest: string) =>
    chain.take({ type: 'kept', seq, digest }) !== 'ignored';
  return { actor, writer: new KeyframeWriter(ports, sign, 1) };
}
