import type { StreamInfo } from '@nats-io/jetstream';
import type { Millis, WallTime } from '../../../domain/time.ts';
import { askApi, expectOk } from '../connection/jetstream-api.ts';
import type { BucketNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';

/**
 * The keys that match, listed by the leader: a consumer may be on a replica that lags. `listedAt`: when, by the clock of
 * that server; undefined if it does not say so.
 */
export async function keysBelow(
  connection: SupervisedConnection,
  bucket: BucketNames,
  filter: string,
  within: Millis,
): Promise<{ readonly keys: readonly string[]; readonly listedAt: WallTime | undefined }> {
  const what = `STREAM.INFO.${bucket.stream}`;
  const keys = new Set<string>();
  for (let offset = 0; ; ) {
    const request = { subjects_filter: bucket.prefix + filter, offset };
    const info = expectOk(
      what,
      await askApi<StreamInfo & { readonly ts?: string }>(connection, what, request, { within }),
    );
    const subjects = Object.keys(info.state.subjects ?? {});
    for (const subject of subjects) keys.add(subject.slice(bucket.prefix.length));
    offset += subjects.length;
    if (subjects.length > 0 && offset < info.total) continue;
    const listedAt = new Date(info.ts ?? '').getTime();
    return { keys: [...keys], listedAt: Number.isNaN(listedAt) ? undefined : listedAt };
  }
}
