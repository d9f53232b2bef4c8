import { type Db, sql, type Tx } from '../../platform/index.ts';
import type { ExceptionKind } from '../types.ts';
import { dueDays } from './rules.ts';

/** Who deals with exceptions of each kind in a programme, and within how many days. */
export interface ExceptionSettings {
  readonly programmeId: string;
  /** 0: nothing was set yet. */
  readonly version: number;
  readonly reason: string | null;
  readonly madeBy: string | null;
  readonly madeAt: string | null;
  readonly kinds: { readonly kind: ExceptionKind; readonly ownerId: string | null; readonly dueDays: number }[];
}

/** What is set for every kind now; what nobody has set is as usual. */
export async function settingsOf(db: Db, programmeId: string): Promise<ExceptionSettings> {
  const row = await db.first<Omit<ExceptionSettings, 'madeAt' | 'programmeId'> & { madeAt: Date }>(sql`
    select s.version, s.reason, s.made_by as "madeBy", s.made_at as "madeAt",
      coalesce((select jsonb_agg(jsonb_build_object('kind', k.kind, 'ownerId', k.owner_id, 'dueDays', k.due_days))
        from exception_setting_kinds k where k.programme_id = s.programme_id and k.version = s.version), '[]') as kinds
    from exception_settings s where s.programme_id = ${programmeId} order by s.version desc limit 1`);
  const kinds = (Object.entries(dueDays) as [ExceptionKind, number][]).map(
    ([kind, days]) => row?.kinds.find((set) => set.kind === kind) ?? { kind, ownerId: null, dueDays: days },
  );
  return {
    programmeId,
    version: row?.version ?? 0,
    reason: row?.reason ?? null,
    madeBy: row?.madeBy ?? null,
    madeAt: row?.madeAt.toISOString() ?? null,
    kinds,
  };
}

/** @throws Error by constraint `exception_settings_version_once` when somebody else was first */
export async function insertSettings(
  tx: Tx,
  { programmeId, version, reason, kinds }: Pick<ExceptionSettings, 'programmeId' | 'version' | 'kinds'> & { readonly reason: string },
  by: string,
  at: Date,
): Promise<void> {
  await tx.insert('exception_settings', [{ programme_id: programmeId, version, reason, made_by: by, made_at: at }]);
  await tx.insert(
    'exception_setting_kinds',
    kinds.map(({ kind, ownerId, dueDays: days }) => ({ programme_id: programmeId, version, kind, owner_id: ownerId, due_days: days })),
  );
}
