import { type Db, type Money, problem } from '../../platform/index.ts';
import { drawable, openFunds } from './store.ts';
import type { FundToDraw } from './types.ts';

/**
 * The funds that a list of a programme may draw on, with what each has available: what is neither committed nor set aside for fees.
 * @param day today in the programme's time zone; a fund outside its dates is left out
 * @param fundIds only these; all when it is left out
 */
export const fundsToDraw = (db: Db, programmeId: string, day: string, fundIds?: readonly string[]): Promise<FundToDraw[]> =>
  openFunds(db, programmeId, day, fundIds ?? null);

/**
 * What lists may still commit of a fund: what it has available less what is set aside for fees. Below zero after a posting that took of what is
 * set aside; whoever posted holds the fund until they commit, and so can look and take it back.
 * @throws not_found
 */
export async function drawableIn(db: Db, fundId: string): Promise<Money> {
  const amount = await drawable(db, fundId);
  if (!amount) throw problem.not_found('There is no such record.');
  return amount;
}
