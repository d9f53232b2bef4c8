import { type Db, problem, type Scope } from '../../platform/index.ts';
import { claimOfException, decisionsOf } from './decision-store.ts';
import { aroundException, findException } from './reading.ts';
import type { ExceptionSheet, StatementException } from './types.ts';

/** @throws not_found */
export async function exceptionById(db: Db, id: string, now: Date): Promise<StatementException> {
  const found = await findException(db, id, now);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** Where an exception lies. @throws not_found */
export const scopeOfException = async (db: Db, { exceptionId }: { readonly exceptionId: string }): Promise<Scope> => ({
  programme: (await exceptionById(db, exceptionId, new Date(0))).programmeId,
});

/** An exception with everything about it. @throws not_found */
export async function sheetOf(db: Db, id: string, now: Date): Promise<ExceptionSheet> {
  const exception = await exceptionById(db, id, now);
  return {
    ...exception,
    decisions: await decisionsOf(db, id),
    claim: (await claimOfException(db, id)) ?? null,
    ...(await aroundException(db, id)),
  };
}
