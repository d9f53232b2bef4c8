import { command, type Ground, type Job, newId } from '../platform/index.ts';
import { areChallengesOver, forgetChallenges } from './challenges.ts';
import { system } from './system.ts';

/** Forgets challenges that nobody can answer any more. */
const forgetOldChallenges = command<Record<string, never>, { forgotten: number }>({
  name: 'access.forget_challenges',
  scope: () => ({}),
  async run({ tx, now }) {
    const forgotten = await forgetChallenges(tx, now);
    return { result: { forgotten }, subject: { type: 'challenges', id: newId() }, after: { forgotten } };
  },
});

export const challengeJobs = ({ db, clock, execute }: Ground): Job[] => [
  {
    name: 'access.forget_challenges',
    everySeconds: 3600,
    // An hour in which none is over leaves no event.
    async run() {
      if (await areChallengesOver(db, clock.now())) await execute(forgetOldChallenges, {}, { actor: system });
    },
  },
];
