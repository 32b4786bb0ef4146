import fc from 'fast-check';

/**
 * Limits for each property of the unit tests, below their time limit of 30 s: a test that exceeds that one
 * prints no seed.
 *
 * On a busy machine a property stops after fewer cases and passes. A case that does not end fails with its
 * seed.
 */
fc.configureGlobal({ interruptAfterTimeLimit: 25_000, timeout: 15_000 });
