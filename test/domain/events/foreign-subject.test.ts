import { describe, expect, it } from 'vitest';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { RegistryProjection } from '../../../src/domain/replay/fold.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';

const [genuine] = [...longHistory(1)];
if (!genuine) throw new Error('the history is empty');

describe('an event under the subject of another entity', () => {
  const forged = { ...genuine, subject: 'evil.main.run99999.1' };

  it('is no event, and says which entity it is about', () => {
    expect(parseAuditEvent(genuine).kind).toBe('event');
    expect(parseAuditEvent(forged)).toMatchObject({
      kind: 'illegible',
      subject: forged.subject,
      why: expect.stringContaining('which has another subject'),
    });
  });

  it('changes no record of a replay', () => {
    const fold = new RegistryProjection();
    const read = parseAuditEvent(forged);
    if (read.kind === 'event') fold.take(read);
    expect(fold.records.size).toBe(0);
  });
});
