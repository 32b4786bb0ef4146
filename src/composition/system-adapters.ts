import { systemClock } from '../adapters/system/clock.ts';
import { systemEntropy } from '../adapters/system/entropy.ts';
import { systemHash } from '../adapters/system/hash.ts';
import { hostAddress } from '../adapters/system/host-address.ts';
import { findHostId } from '../adapters/system/host-id.ts';
import { onceTerminated, ownProgram, portOfEnvironment } from '../adapters/system/own-program.ts';
import { nodeVersion, thisProcess } from '../adapters/system/processes.ts';
import { systemSignatures } from '../adapters/system/signatures.ts';
import { userDirectories } from '../adapters/system/user-directories.ts';

/** Clock, random numbers, hash, signatures and identity of this machine and process. */
export const systemAdapters = {
  clock: systemClock,
  entropy: systemEntropy,
  findHostId,
  hash: systemHash,
  hostAddress,
  nodeVersion,
  onceTerminated,
  ownProgram,
  portOfEnvironment,
  signatures: systemSignatures,
  thisProcess,
  userDirectories,
};
