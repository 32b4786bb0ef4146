import { expect, test } from 'vitest';
import { z } from 'zod';
import { AuditEvent, eventVersion } from '../../../src/domain/events/event-schema.ts';

const schema = {
  title: `Rollcall audit event, version ${eventVersion}`,
  description:
    'One transition of one machine for one entity (docs/reference/protocol.md, section 6). Frozen: a field that is here keeps its meaning; readers ignore fields that they do not know.',
  ...z.toJSONSchema(AuditEvent, { io: 'input' }),
};

test('docs/reference/event.schema.json equals the schema that reads events', async () => {
  const stale =
    'an event that was written must stay readable. A field was added? `npx vitest run -u test/domain/events/event-json-schema.test.ts` writes the schema anew';
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  await expect(text, stale).toMatchFileSnapshot('../../../docs/reference/event.schema.json');
});

test('the JSON schema of events names every field and allows fields of later versions', () => {
  expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(AuditEvent.unwrap().shape));
  expect(schema.additionalProperties).toEqual({});
});
