import { command } from '../../platform/index.ts';
import { connectionScope } from './commands.ts';
import { advance, claim, failPull, finishPull, type TakenPage } from './pull-store.ts';
import { pauseAfter } from './rules.ts';
import { findConnection, type StoredConnection } from './store.ts';
import type { PullFailure } from './types.ts';

/** A pull that says nothing for so long was killed, and another may take its place. */
const LEASE_MS = 10 * 60_000;
const MINUTE_MS = 60_000;

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
const subjectOf = (id: string) => ({ type: 'kobo_connection', id });

/** Takes up a connection whose turn has come. The answer is null when it is not due, or somebody else has it. */
export const beginPull = command<{ id: string }, StoredConnection | null>({
  name: 'interop.begin_kobo_pull',
  scope: connectionScope,
  async run({ tx, now }, { id }) {
    return { result: (await claim(tx, id, now, later(now, LEASE_MS))) ?? null, subject: subjectOf(id) };
  },
});

/** Remembers how far a pull has come. The answer is null when it is not to go on: somebody ended the connection or overtook it. */
export const recordPage = command<TakenPage & { readonly id: string }, StoredConnection | null>({
  name: 'interop.record_kobo_page',
  scope: connectionScope,
  async run({ tx, now }, { id, ...page }) {
    const result = (await advance(tx, id, page, later(now, LEASE_MS))) ?? null;
    return { result, subject: subjectOf(id), before: { lastSubmission: page.from }, after: { lastSubmission: page.to } };
  },
});

/** Ends a pull: the next comes at its turn, or after a pause when it failed. */
export const endPull = command<{ id: string; failure?: PullFailure; retryAfter?: string | undefined }, { nextPullAt: string }>({
  name: 'interop.end_kobo_pull',
  scope: connectionScope,
  async run({ tx, now }, { id, failure, retryAfter }) {
    const { failures = 0, everyMinutes = 0 } = (await findConnection(tx, id))?.connection ?? {};
    // A file that waits for somebody is no fault of the server.
    const isServers = failure && failure !== 'file_waiting';
    const next = later(now, isServers ? pauseAfter(failures, retryAfter, now) : everyMinutes * MINUTE_MS);
    await (failure ? failPull(tx, id, failure, next) : finishPull(tx, id, now, next));
    return { result: { nextPullAt: next.toISOString() }, subject: subjectOf(id), after: { failure: failure ?? null } };
  },
});
