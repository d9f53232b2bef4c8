import type { Db } from '../platform/index.ts';
import { programmeAt, programmeById, purposeRule } from '../programmes/index.ts';
import { addDays, earlier } from './schedule/days.ts';
import type { Plan } from './types.ts';

/**
 * The last day that a payment covers which is made once and from a day on: as many days as the programme says of the plan's purpose, under the
 * terms that the plan keeps, but no longer than the programme runs by now.
 * @param from ISO 8601
 */
export async function coveredTo(db: Db, { programmeId, programmeVersion, purpose }: Plan, from: string): Promise<string> {
  const { programme: kept } = await programmeAt(db, programmeId, programmeVersion);
  const { programme } = await programmeById(db, programmeId);
  return earlier(addDays(from, purposeRule(kept, purpose).coversDays - 1), programme.endsOn);
}
