import type { AgentModel, InstanceNow } from './agent-model.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Subject } from './subject.ts';

/** How a subject stands, as a document. */
export function subjectState(subject: Subject, fleet: FleetModel): object | undefined {
  if (subject.kind === 'agent') {
    const slot = fleet.slot(subject.host, subject.agent);
    return slot && ofSlot(slot);
  }
  if (subject.kind === 'host') {
    const slots = fleet.slots().filter(({ host }) => host === subject.host);
    return { agents: Object.fromEntries(slots.map((slot) => [slot.agent, ofSlot(slot)])) };
  }
  const all = fleet.slots().flatMap(({ instances }) => instances);
  const mine = all.filter(({ service, id }) => service === subject.service && id === subject.id);
  return { 'stands under': mine.map(ownerOf), state: mine.map(stateOf) };
}

const ofSlot = ({ status: word, reason, zone, instances }: AgentModel) => ({
  state: reason === '' ? word : `${word} ${reason}`,
  ...(zone !== '' && { zone }),
  instances: Object.fromEntries(
    instances.map((one) => [`${one.service}/${one.id}`, stateOf(one)] as const),
  ),
});

const stateOf = ({ status: word, reason }: InstanceNow): string =>
  reason === '' ? word : `${word} ${reason}`;

const ownerOf = ({ stands: { entity } }: InstanceNow): string =>
  'agent' in entity ? `${entity.host}/${entity.agent}` : '';
