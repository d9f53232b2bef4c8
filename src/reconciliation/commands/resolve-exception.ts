import { command, problem } from '../../platform/index.ts';
import { closeException, findException, type StatementException } from '../store/exceptions.ts';
import type { Resolution } from '../types.ts';

/**
 * Closes an exception with a decision and its reason.
 * @throws not_found; conflict when it is closed already; separation_of_duties to who paid the cash or had a hand in its list
 */
export const resolveException = command<{ id: string; resolution: Resolution; note: string }, StatementException>({
  name: 'reconciliation.resolve_exception',
  async scope(db, { id }) {
    return { programme: (await exceptionById(db, id)).programmeId };
  },
  async run({ tx, actor, now }, { id, resolution, note }) {
    const before = await exceptionById(tx, id);
    const closed = await closeException(tx, id, { resolution, note, by: actor.id, at: now });
    if (!closed) throw problem.conflict('The exception is closed already.');
    const after = await exceptionById(tx, id);
    return { result: after, subject: { type: 'exception', id }, before, after, reason: resolution };
  },
});

async function exceptionById(db: Parameters<typeof findException>[0], id: string): Promise<StatementException> {
  const found = await findException(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}
