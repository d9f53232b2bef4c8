import { type Db, sql, type Tx } from '../../../platform/index.ts';
import type { NewPostTerms, PostTerms } from './types.ts';

type Row = Omit<PostTerms, 'setAt'> & { readonly setAt: Date };

/** What a programme goes by now, or went by in one version. */
export async function findTerms(db: Db, programmeId: string, version?: number): Promise<PostTerms | undefined> {
  const row = await db.first<Row>(sql`select version, reason, set_by as "setBy", set_at as "setAt",
      version is not distinct from terms_in_force(${programmeId}::uuid) as "isInForce",
      jsonb_build_object('name', payer_name, 'account', payer_account, 'bic', payer_bic) as payer,
      jsonb_build_object('name', payee_name, 'account', payee_account, 'bic', payee_bic) as payee,
      case when fee_fixed is not null then jsonb_build_object('fixed', fee_fixed::text, 'perMille', fee_per_mille::text, 'minimum', fee_minimum::text) end as tariff, fee_from as "tariffFrom",
      (select c.confirmed_by from post_terms_confirmations c where c.programme_id = t.programme_id and c.version = t.version) as "confirmedBy"
    from post_terms t where programme_id = ${programmeId} and version = coalesce(${version ?? null}::int, version)
    order by version desc limit 1`);
  return row && { ...row, setAt: row.setAt.toISOString() };
}

/** The last version that was confirmed, by which whatever is recorded now is charged; null where none of them had a tariff. */
export async function tariffToGoBy(db: Db, programmeId: string): Promise<number | null> {
  const row = await db.first<{
    version: number | null;
  }>(sql`select case when bool_or(t.fee_fixed is not null) then max(t.version) end as version
    from post_terms t join post_terms_confirmations c using (programme_id, version) where t.programme_id = ${programmeId}`);
  return row?.version ?? null;
}

/** The last version whose accounts were confirmed: what money goes by. */
export async function termsInForce(db: Db, programmeId: string): Promise<PostTerms | undefined> {
  const row = await db.first<{ version: number | null }>(sql`select terms_in_force(${programmeId}::uuid) as version`);
  return row?.version ? findTerms(db, programmeId, row.version) : undefined;
}

/** @throws Error by constraint: `post_terms_confirmed_once`, `post_terms_two_people` */
export const insertConfirmation = (tx: Tx, programmeId: string, version: number, by: string, at: Date): Promise<void> =>
  tx.insert('post_terms_confirmations', [{ programme_id: programmeId, version, confirmed_by: by, confirmed_at: at }]);

/** @throws Error by constraint `post_terms_version_once` when somebody else has set them at this moment */
export async function insertTerms(
  tx: Tx,
  programmeId: string,
  { payer, payee, tariff, tariffFrom, reason }: NewPostTerms & { readonly tariffFrom: string },
  version: number,
  by: string,
  at: Date,
): Promise<void> {
  await tx.insert('post_terms', [
    {
      programme_id: programmeId,
      version,
      payer_name: payer.name,
      payer_account: payer.account,
      payer_bic: payer.bic,
      payee_name: payee.name,
      payee_account: payee.account,
      payee_bic: payee.bic,
      fee_fixed: tariff?.fixed ?? null,
      fee_per_mille: tariff?.perMille ?? null,
      fee_minimum: tariff?.minimum ?? null,
      fee_from: tariffFrom,
      reason,
      set_by: by,
      set_at: at,
    },
  ]);
}
