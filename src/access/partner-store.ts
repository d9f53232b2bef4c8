import { type Db, type Page, pageOf, sql, type Tx } from '../platform/index.ts';
import type { Partner } from './types.ts';

type PartnerRow = Omit<Partner, 'createdAt'> & { readonly createdAt: Date };

const partnerOf = ({ createdAt, ...partner }: PartnerRow): Partner => ({ ...partner, createdAt: createdAt.toISOString() });

const partnerColumns = sql`id, name, created_at as "createdAt"`;

export async function insertPartner(tx: Tx, { id, name, createdAt }: Partner, createdBy: string): Promise<void> {
  await tx.run(sql`insert into partners (id, name, created_by, created_at) values (${id}, ${name}, ${createdBy}, ${createdAt})`);
}

export async function findPartner(db: Db, id: string): Promise<Partner | undefined> {
  const row = await db.first<PartnerRow>(sql`select ${partnerColumns} from partners where id = ${id}`);
  return row && partnerOf(row);
}

export async function pageOfPartners(db: Db, limit: number, after: string | undefined): Promise<Page<Partner>> {
  const rows = await db.all<PartnerRow>(sql`select ${partnerColumns} from partners
    where ${after ? sql`id > ${after}` : sql`true`} order by id limit ${limit + 1}`);
  return pageOf(rows.map(partnerOf), limit, ({ id }) => id);
}
