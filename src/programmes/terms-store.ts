import { type Sql, sql, type Tx } from '../platform/index.ts';
import type { Programme } from './types.ts';

/** Writes what a version lays down. Its row is there already, from this transaction: a version takes no further terms later. */
export async function insertTerms(tx: Tx, { id, approvalRules, kinds, purposes, limits }: Programme, version: number): Promise<void> {
  const key = { programme_id: id, version };
  const rules = approvalRules.map(({ kind, fromAmount, step, role, signatures }) => ({
    ...key,
    kind,
    from_amount: fromAmount,
    step,
    role,
    signatures,
  }));
  await tx.insert('approval_rules', rules);
  await tx.insert(
    'programme_kinds',
    kinds.map(({ kind, least, most }) => ({ ...key, kind, least, most })),
  );
  const rows = purposes.map(({ coversDays, purpose, overlap, across, per }) => ({
    ...key,
    purpose,
    overlap,
    across,
    per,
    covers_days: coversDays,
  }));
  await tx.insert('programme_purposes', rows);
  await tx.insert(
    'programme_limits',
    limits.map(({ per, period, amount }) => ({ ...key, per, period, amount })),
  );
}

/** The terms of a version, as columns. @param programme, version the expressions of its key */
export function termColumns(programme: Sql, version: Sql): Sql {
  const rows = (object: Sql, order: Sql, from: Sql) =>
    sql`(select coalesce(jsonb_agg(jsonb_build_object(${object}) order by ${order}), '[]') from ${from} t where t.programme_id = ${programme} and t.version = ${version})`;
  return sql`
    ${rows(
      sql`'kind', t.kind, 'fromAmount', t.from_amount::text, 'step', t.step, 'role', t.role, 'signatures', t.signatures`,
      sql`t.kind nulls first, t.from_amount, t.step`,
      sql`approval_rules`,
    )} as "approvalRules",
    ${rows(sql`'kind', t.kind, 'least', t.least::text, 'most', t.most::text`, sql`t.kind`, sql`programme_kinds`)} as kinds,
    ${rows(
      sql`'purpose', t.purpose, 'overlap', t.overlap, 'across', t.across, 'per', t.per, 'coversDays', t.covers_days`,
      sql`t.purpose`,
      sql`programme_purposes`,
    )} as purposes,
    ${rows(sql`'per', t.per, 'period', t.period, 'amount', t.amount::text`, sql`t.per, t.period`, sql`programme_limits`)} as limits`;
}
