import { type Millis, seconds } from '../../../domain/time.ts';

/** A leader of a stream that dies takes the commits with it that it has not answered; a new one is there within seconds. */
const longestInCluster: Millis = seconds(10);

/**
 * How long to wait for the answer to a commit of which the caller says that it can wait for `wanted`. A single server has a
 * queue of commits and loses none of them while its connections hold. A cluster commits ten times as fast, and an answer that
 * is late there is probably lost.
 *
 * @param cluster the name of the server's cluster, as the server says it; undefined: it is in none
 */
export const answerPatience = (
  wanted: Millis | undefined,
  cluster: string | undefined,
): Millis | undefined =>
  wanted === undefined || cluster === undefined ? wanted : Math.min(wanted, longestInCluster);
