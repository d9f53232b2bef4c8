import { type Db, sql, type Tx } from '../platform/index.ts';
import type { AccountKind, EntryEvent } from './types.ts';

/** How a programme's accounts are written in an agency's own books. */
export interface Mapping {
  readonly programmeId: string;
  /** 0: none was made yet. */
  readonly version: number;
  readonly reason: string | null;
  readonly madeBy: string | null;
  readonly madeAt: string | null;
  readonly funds: { readonly fundId: string; readonly wbs: string }[];
  /** Without an event: of every event that has none of its own. */
  readonly codes: { readonly kind: AccountKind; readonly event: EntryEvent | null; readonly glCode: string }[];
}

/** The newest version of a programme's mapping, or the one that is asked for; undefined when there is none. */
export async function findMapping(db: Db, programmeId: string, version?: number): Promise<Mapping | undefined> {
  const row = await db.first<Omit<Mapping, 'madeAt'> & { madeAt: Date }>(sql`
    select m.programme_id as "programmeId", m.version, m.reason, m.made_by as "madeBy", m.made_at as "madeAt",
      coalesce((select jsonb_agg(jsonb_build_object('fundId', f.fund_id, 'wbs', f.wbs) order by f.wbs, f.fund_id)
        from ledger_mapping_funds f where f.programme_id = m.programme_id and f.version = m.version), '[]') as funds,
      coalesce((select jsonb_agg(jsonb_build_object('kind', c.kind, 'event', c.event, 'glCode', c.gl_code) order by c.kind, c.event nulls first)
        from ledger_mapping_codes c where c.programme_id = m.programme_id and c.version = m.version), '[]') as codes
    from ledger_mappings m where m.programme_id = ${programmeId} and (${version ?? null}::int is null or m.version = ${version ?? null})
    order by m.version desc limit 1`);
  return row && { ...row, madeAt: row.madeAt.toISOString() };
}

/** Those of these funds that are the programme's. */
export const fundsAmong = async (db: Db, programmeId: string, fundIds: readonly string[]): Promise<ReadonlySet<string>> =>
  new Set(
    (await db.all<{ id: string }>(sql`select id from funds where programme_id = ${programmeId} and id = any(${fundIds}::uuid[])`)).map(
      ({ id }) => id,
    ),
  );

/** @throws Error by constraint `ledger_mappings_version_once` when somebody else made this version */
export async function insertMapping(tx: Tx, { programmeId, version, reason, madeBy, madeAt, funds, codes }: Mapping): Promise<void> {
  await tx.insert('ledger_mappings', [{ programme_id: programmeId, version, reason, made_by: madeBy, made_at: madeAt }]);
  await tx.insert(
    'ledger_mapping_funds',
    funds.map(({ fundId, wbs }) => ({ programme_id: programmeId, version, fund_id: fundId, wbs })),
  );
  await tx.insert(
    'ledger_mapping_codes',
    codes.map(({ kind, event, glCode }) => ({ programme_id: programmeId, version, kind, event, gl_code: glCode })),
  );
}
