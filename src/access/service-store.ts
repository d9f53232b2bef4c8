import { allOf, type Db, type Page, pageOf, type Scope, type Sql, sql, type Tx } from '../platform/index.ts';
import type { MachineRole } from './machines.ts';

/** A machine that acts for the agency, in one role and one place; no programme, office or fund is everywhere. */
export interface ServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly role: MachineRole;
  readonly programmeId: string | null;
  readonly officeId: string | null;
  readonly fundId: string | null;
  readonly disabledAt: string | null;
  readonly createdAt: string;
}

type Row = Omit<ServiceAccount, 'disabledAt' | 'createdAt'> & { readonly disabledAt: Date | null; readonly createdAt: Date };

const accountOf = (row: Row): ServiceAccount => ({
  ...row,
  disabledAt: row.disabledAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});

const columns = sql`a.id, a.name, a.role, a.programme_id as "programmeId", a.office_id as "officeId", a.fund_id as "fundId",
  a.disabled_at as "disabledAt", a.created_at as "createdAt"`;

/** Where a service account's role holds. */
export const scopeOf = ({ programmeId, officeId, fundId }: Pick<ServiceAccount, 'programmeId' | 'officeId' | 'fundId'>): Scope => ({
  programme: programmeId ?? undefined,
  office: officeId ?? undefined,
  fund: fundId ?? undefined,
});

export async function insertServiceAccount(tx: Tx, account: ServiceAccount, createdBy: string): Promise<void> {
  const { id, name, role, programmeId, officeId, fundId, createdAt } = account;
  await tx.run(sql`insert into service_accounts (id, name, role, programme_id, office_id, fund_id, created_by, created_at)
    values (${id}, ${name}, ${role}, ${programmeId}, ${officeId}, ${fundId}, ${createdBy}, ${createdAt})`);
}

export async function findServiceAccount(db: Db, id: string): Promise<ServiceAccount | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from service_accounts a where a.id = ${id}`);
  return row && accountOf(row);
}

/** @param within the condition on accounts `a` that keeps to the reader's scope */
export async function pageOfServiceAccounts(db: Db, within: Sql, limit: number, after: string | undefined): Promise<Page<ServiceAccount>> {
  const rows = await db.all<Row>(sql`select ${columns} from service_accounts a
    where ${allOf([sql`(${within})`, ...(after ? [sql`a.id > ${after}`] : [])])} order by a.id limit ${limit + 1}`);
  return pageOf(rows.map(accountOf), limit, ({ id }) => id);
}

/** @returns the account as it is now, or undefined when it was disabled before */
export async function disableAccount(tx: Tx, id: string, now: Date): Promise<ServiceAccount | undefined> {
  const row = await tx.first<Row>(
    sql`update service_accounts a set disabled_at = ${now} where a.id = ${id} and a.disabled_at is null returning ${columns}`,
  );
  return row && accountOf(row);
}
