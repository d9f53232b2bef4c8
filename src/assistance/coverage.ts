import type { Db } from '../platform/index.ts';
import { programmeAt, purposeRule } from '../programmes/index.ts';
import { addDays } from './schedule/days.ts';
import type { Plan } from './types.ts';

/**
 * The last day that a payment covers which is made once and from a day on: as many days as the programme says of the plan's purpose, under the
 * terms that the plan keeps.
 * @param from ISO 8601
 */
export async function coveredTo(db: Db, { programmeId, programmeVersion, purpose }: Plan, from: string): Promise<string> {
  const { programme } = await programmeAt(db, programmeId, programmeVersion);
  return addDays(from, purposeRule(programme, purpose).coversDays - 1);
}
