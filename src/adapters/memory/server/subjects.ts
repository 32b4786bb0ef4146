import { matchesSubject } from '../../../domain/identity/subject-filter.ts';

/** The registry's stream has two kinds of subjects: the records of the bucket, and the outbox. */
const record = 'record.';
const event = 'event.';

export const recordSubject = (key: string): string => record + key;
export const eventSubject = (subject: string): string => event + subject;
export const keyOfRecord = (subject: string): string => subject.slice(record.length);
export const subjectOfEvent = (subject: string): string => subject.slice(event.length);

export const recordsOf = (filters: readonly string[]) => matchesSubject(filters.map(recordSubject));
export const outboxOf = (filters: readonly string[]) => matchesSubject(filters.map(eventSubject));
