import { type Db, sql, type Tx } from '../platform/index.ts';
import type { NewThreshold, SignalKind, Threshold } from './types.ts';

type Row = Omit<Threshold, 'setAt'> & { readonly setAt: Date | null };

/** What a programme goes by now, by kind. */
export async function thresholdsOf(db: Db, programmeId: string, kind?: SignalKind): Promise<Threshold[]> {
  const rows = await db.all<Row>(sql`select programme_id as "programmeId", kind, version, is_on as "isOn", least, minutes, factor::text,
      to_char(opens, 'HH24:MI') as opens, to_char(closes, 'HH24:MI') as closes, reason, set_by as "setBy", set_at as "setAt"
    from signal_settings where programme_id = ${programmeId} and kind = coalesce(${kind ?? null}, kind) order by kind`);
  return rows.map(({ setAt, ...row }) => ({ ...row, setAt: setAt?.toISOString() ?? null }));
}

/** @throws Error by constraint `signal_thresholds_pkey` when somebody else has set the same at this moment */
export async function insertThreshold(
  tx: Tx,
  { programmeId, kind, isOn, least, minutes, factor, opens, closes, reason }: NewThreshold & { readonly programmeId: string },
  version: number,
  by: string,
  at: Date,
): Promise<void> {
  await tx.run(sql`insert into signal_thresholds (programme_id, kind, version, is_on, least, minutes, factor, opens, closes, reason, set_by, set_at)
    values (${programmeId}, ${kind}, ${version}, ${isOn}, ${least}, ${minutes}, ${factor}, ${opens}, ${closes}, ${reason}, ${by}, ${at})`);
}
