import { allOf, type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Kind } from '../programmes/index.ts';
import type { Group } from './drawing/index.ts';
import type { Fund, FundVersion, StoredFund, Terms } from './types.ts';

interface TermsRow {
  readonly donor: string;
  readonly agreement_currency: string | null;
  readonly pledged: string | null;
  readonly starts_on: string | null;
  readonly ends_on: string | null;
  readonly fee_share: string | null;
  readonly draw_order: number;
  readonly draw_share: string | null;
  readonly earmark_wilayas: string[];
  readonly earmark_kinds: Kind[];
  readonly earmark_groups: Group[];
}

interface Row extends TermsRow {
  readonly id: string;
  readonly programme_id: string;
  readonly agreement: string;
  readonly currency: string;
  readonly received: string;
  readonly version: number;
  readonly created_at: Date;
}

interface VersionRow extends TermsRow {
  readonly version: number;
  readonly changed_by: string;
  readonly changed_at: Date;
}

const termsOf = (row: TermsRow): Terms => ({
  donor: row.donor,
  pledged: row.pledged && row.agreement_currency ? Money.of(row.pledged, row.agreement_currency).toJSON() : null,
  startsOn: row.starts_on,
  endsOn: row.ends_on,
  feeShare: row.fee_share,
  drawOrder: row.draw_order,
  drawShare: row.draw_share,
  earmarks: { wilayas: row.earmark_wilayas, kinds: row.earmark_kinds, groups: row.earmark_groups },
});

const stored = (row: Row): StoredFund => ({
  fund: {
    id: row.id,
    programmeId: row.programme_id,
    agreement: row.agreement,
    ...termsOf(row),
    received: Money.of(row.received, row.currency).toJSON(),
    createdAt: row.created_at.toISOString(),
  },
  version: row.version,
});

const select = (where: Sql): Sql => sql`select f.*, received_by(f.id)::text as received from funds f where ${where}`;

export async function insertFund(tx: Tx, { id, programmeId, agreement, received, createdAt, ...terms }: Fund, by: string): Promise<void> {
  const { donor, pledged, startsOn, endsOn, feeShare, drawOrder, drawShare, earmarks } = terms;
  await tx.run(sql`insert into funds (id, programme_id, donor, agreement, currency, agreement_currency, pledged, starts_on, ends_on, fee_share,
      draw_order, draw_share, earmark_wilayas, earmark_kinds, earmark_groups, created_by, created_at)
    values (${id}, ${programmeId}, ${donor}, ${agreement}, ${received.currency}, ${pledged?.currency ?? null}, ${pledged?.amount ?? null}::numeric,
      ${startsOn}, ${endsOn}, ${feeShare}::numeric, ${drawOrder}, ${drawShare}::numeric, ${earmarks.wilayas}::text[], ${earmarks.kinds}::text[],
      ${earmarks.groups}::text[], ${by}, ${createdAt})`);
}

/** @returns whether the fund was still at this version */
export async function updateFund(tx: Tx, { id, ...terms }: Fund, version: number, by: string, at: Date): Promise<boolean> {
  const { donor, pledged, startsOn, endsOn, feeShare, drawOrder, drawShare, earmarks } = terms;
  const changed = await tx.run(sql`update funds set donor = ${donor}, agreement_currency = ${pledged?.currency ?? null},
      pledged = ${pledged?.amount ?? null}::numeric, starts_on = ${startsOn}, ends_on = ${endsOn}, fee_share = ${feeShare}::numeric,
      draw_order = ${drawOrder}, draw_share = ${drawShare}::numeric, earmark_wilayas = ${earmarks.wilayas}::text[],
      earmark_kinds = ${earmarks.kinds}::text[], earmark_groups = ${earmarks.groups}::text[],
      version = version + 1, changed_by = ${by}, changed_at = ${at}
    where id = ${id} and version = ${version}`);
  return changed === 1;
}

export async function findFund(db: Db, id: string): Promise<StoredFund | undefined> {
  const row = await db.first<Row>(select(sql`f.id = ${id}`));
  return row && stored(row);
}

/** @param within the condition on funds `f` that keeps to the reader's scope */
export async function pageOfFunds(db: Db, programmeId: string, within: Sql, limit: number, after: string | undefined): Promise<Page<Fund>> {
  const where = allOf([sql`f.programme_id = ${programmeId}`, sql`(${within})`, ...(after ? [sql`f.id > ${after}::uuid`] : [])]);
  const rows = await db.all<Row>(sql`${select(where)} order by f.id limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => stored(row).fund),
    limit,
    ({ id }) => id,
  );
}

/** @param after the version that the page goes on from */
export async function pageOfVersions(db: Db, fundId: string, limit: number, after: string | undefined): Promise<Page<FundVersion>> {
  const rows = await db.all<VersionRow>(sql`select v.* from fund_versions v
    where v.fund_id = ${fundId} and v.version > ${after ?? '0'}::int order by v.version limit ${limit + 1}`);
  const versions = rows.map((row) => ({
    version: row.version,
    ...termsOf(row),
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
  }));
  return pageOf(versions, limit, ({ version }) => String(version));
}
