import { system } from '../../access/index.ts';
import { type Ground, type Job, Problem } from '../../platform/index.ts';
import { stageStatement } from './stage-statement.ts';

/** How often it is tried to read a statement, over some four minutes. */
const TRIES = 8;

/** Reads statements that were too large to be read while their sender waited. */
export const statementJobs = ({ execute }: Ground): Job[] => [
  {
    name: 'reconciliation.stage_statement',
    async run({ statementId = '' }, _closing, failures = 0) {
      try {
        await execute(stageStatement, { statementId }, { actor: system });
      } catch (error) {
        // A problem is that others are in the way, and passes.
        if (error instanceof Problem || failures + 1 < TRIES) throw error;
        await execute(stageStatement, { statementId, givesUp: true }, { actor: system });
      }
    },
  },
];
