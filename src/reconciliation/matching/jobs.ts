import { system } from '../../access/index.ts';
import { type Ground, Interrupted, type Job, Problem } from '../../platform/index.ts';
import { matchNext } from './runs/match-next.ts';

/** What another try would meet again: a colleague has to match the statement. */
const forGood: readonly string[] = ['separation_of_duties'];

/**
 * Matches statements, each batch in a command of its own, so that one whose process was killed goes on where it was.
 * @param batch how many lines a command takes at most, or nearly so
 */
export const matchingJobs = ({ execute }: Pick<Ground, 'execute'>, batch?: number): Job[] => [
  {
    name: 'reconciliation.match',
    async run({ statementId = '' }, closing) {
      const size = batch === undefined ? {} : { batch };
      const next = (stoppedBy?: string) =>
        execute(matchNext, { statementId, ...size, ...(stoppedBy ? { stoppedBy } : {}) }, { actor: system });
      try {
        while (await next()) if (closing?.aborted) throw new Interrupted();
      } catch (error) {
        if (!(error instanceof Problem) || !forGood.includes(error.code)) throw error;
        await next(error.code);
      }
    },
  },
];
