import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import type { Namespace } from '../../../src/domain/identity/names.ts';

/**
 * What everybody needs of the API, of the namespace's own streams alone, as docs/how-to/permissions.md says it: a
 * user who may publish nothing else can look at all, and changes nothing.
 */
export function readingAlone(namespace: Namespace): readonly string[] {
  const { leases, registry, keyframes, auditStream } = subjectNamesOf(namespace);
  const streams = [leases.stream, registry.stream, keyframes.stream, auditStream];
  return [
    '$JS.API.INFO',
    '$JS.FC.>',
    ...streams.flatMap((stream) => [
      `$JS.API.STREAM.INFO.${stream}`,
      `$JS.API.STREAM.MSG.GET.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}.>`,
      `$JS.API.CONSUMER.INFO.${stream}.*`,
      `$JS.API.CONSUMER.DELETE.${stream}.*`,
    ]),
  ];
}
