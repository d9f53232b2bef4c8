import { type Db, mayTakeAnHour, sql, type Tx } from '../../../platform/index.ts';

/** Whether anything waits to be added to what is kept. */
export const hasChanges = async (db: Db): Promise<boolean> =>
  (await db.first<{ has: boolean }>(sql`select exists (select from operations_changes) as has`))?.has ?? false;

/** Adds so many changes at most. @returns how many it was */
export const foldChanges = async (tx: Tx, most: number, now: Date): Promise<number> =>
  (await tx.first<{ folded: number }>(sql`select fold_operations(${most}, ${now}) as folded`))?.folded ?? 0;

/** Counts a programme's figures anew, however long it takes. @returns how many are kept now */
export async function rebuildFigures(tx: Tx, programmeId: string): Promise<number> {
  mayTakeAnHour(tx);
  return (await tx.first<{ kept: number }>(sql`select rebuild_operations(${programmeId}) as kept`))?.kept ?? 0;
}
