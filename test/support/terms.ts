import type { TestPlatform } from './platform.ts';

/** What a new version of a programme changes; the rest stays. Values are as the columns want them. */
export interface TermsChange {
  /** Columns of `programmes`, by name. */
  readonly columns?: Readonly<Record<string, unknown>>;
  /** In place of all before: kind, from amount, step, role, signatures. */
  readonly approvalRules?: readonly (readonly [kind: string | null, from: string, step: number, role: string, signatures: number])[];
  readonly kinds?: readonly (readonly [kind: string, least: string | null, most: string | null])[];
  readonly purposes?: readonly (readonly [purpose: string, overlap: string, across: string, per: string, coversDays: number])[];
  readonly limits?: readonly (readonly [per: string, period: string, amount: string])[];
}

const tables = {
  approvalRules: 'approval_rules',
  kinds: 'programme_kinds',
  purposes: 'programme_purposes',
  limits: 'programme_limits',
} as const;

/** Makes the next version of a programme with SQL, past the command. @returns its number */
export async function changeTerms({ owner }: Pick<TestPlatform, 'owner'>, programmeId: string, change: TermsChange): Promise<number> {
  const columns = Object.entries(change.columns ?? {});
  const rows = Object.entries(tables).map(([part, table], i) => {
    const values = change[part as keyof typeof tables];
    const name = `t${i}`;
    const kept = `select ($1::uuid), n.version, ${fieldsOf[table].map((field) => `t.${field}`)} from next n join ${table} t
      on t.programme_id = $1 and t.version = n.version - 1`;
    const given = `select ($1::uuid), n.version, ${fieldsOf[table].map((field) => `t.${field}`)} from next n
      cross join jsonb_populate_recordset(null::${table}, '${JSON.stringify(values?.map((row) => named(table, row)) ?? []).replaceAll("'", "''")}') t`;
    return `${name} as (insert into ${table} ${values ? given : kept})`;
  });
  const { rows: next } = await owner.query(
    `with next as (update programmes set ${columns.map(([column], i) => `${column} = $${i + 2},`).join(' ')}
      version = version + 1, changed_by = id, changed_at = now(), change_reason = 'For a test' where id = $1 returning version),
    ${rows.join(', ')} select version from next`,
    [programmeId, ...columns.map(([, value]) => value)],
  );
  return next[0].version;
}

const fieldsOf = {
  approval_rules: ['kind', 'from_amount', 'step', 'role', 'signatures'],
  programme_kinds: ['kind', 'least', 'most'],
  programme_purposes: ['purpose', 'overlap', 'across', 'per', 'covers_days'],
  programme_limits: ['per', 'period', 'amount'],
} as const;

const named = (table: keyof typeof fieldsOf, row: readonly unknown[]) =>
  Object.fromEntries(fieldsOf[table].map((field, i) => [field, row[i]]));
