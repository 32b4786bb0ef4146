import { z } from 'zod';
import {
  AgentRecord,
  BrakeRecord,
  DrainRecord,
  HoldRecord,
  InstanceRecord,
  LeaseRecord,
  PolicyRecord,
  recordVersion,
  SeatRecord,
} from './schemas.ts';

const records = {
  agent: AgentRecord,
  instance: InstanceRecord,
  hold: HoldRecord,
  drain: DrainRecord,
  brake: BrakeRecord,
  policy: PolicyRecord,
  lease: LeaseRecord,
  seat: SeatRecord,
};

/** JSON Schema of all records, from the schemas that read them. */
export function recordJsonSchema() {
  const definitions = Object.entries(records).map(([name, schema]) => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
    return [name, rest] as const;
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Rollcall records, version ${recordVersion}`,
    description:
      'The values of the registry and the leases (docs/reference/protocol.md, section 3). A field that is not required may be absent, but not null. Readers keep fields that they do not know.',
    $defs: Object.fromEntries(definitions),
  };
}
