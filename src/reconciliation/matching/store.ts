import type { components } from '../../contract/api.ts';
import { type Db, Money, type Page, pageOf, type Sql, sql } from '../../platform/index.ts';
import type { Match, Target } from './types.ts';

type Matching = components['schemas']['Matching'];

/** How many targets of a match are shown. */
const SHOWN = 100;

type Row = Omit<Match, 'matchedAt'> & { readonly matchedAt: Date; readonly targets: Target[] };

const selected = (condition: Sql): Sql => sql`
  select l.row_number as "row", l.reference, l.serial, m.pass, m.passes_version as "passesVersion", m.reason, m.matched_by as "matchedBy",
    m.matched_at as "matchedAt", t.targets, t.count as "targetCount"
  from statement_lines l join statement_matches m on m.statement_line_id = l.id
    join lateral (select count(*)::int as count,
      coalesce(jsonb_agg(jsonb_build_object('type', x.target_type, 'id', x.target_id) order by x.part) filter (where x.part <= ${SHOWN}), '[]') as targets
      from statement_match_targets x where x.statement_line_id = l.id) t on true
  where ${condition} order by l.row_number`;

const stored = ({ matchedAt, ...row }: Row): Match => ({ ...row, matchedAt: matchedAt.toISOString() });

/** @param after the row to start after */
export async function pageOfMatches(db: Db, statementId: string, limit: number, after: number): Promise<Page<Match>> {
  const rows = await db.all<Row>(sql`${selected(sql`l.statement_id = ${statementId} and l.row_number > ${after}`)} limit ${limit + 1}`);
  return pageOf(rows.map(stored), limit, ({ row }) => String(row));
}

/** The match of the line in a row. */
export async function matchOfRow(db: Db, statementId: string, row: number): Promise<Match | undefined> {
  const found = await db.first<Row>(selected(sql`l.statement_id = ${statementId} and l.row_number = ${row}`));
  return found && stored(found);
}

/** How a statement's lines are matched by pass, and what its fee lines come to. */
export async function countsOf(db: Db, statementId: string, currency: string): Promise<Pick<Matching, 'passes' | 'fees'>> {
  const passes = await db.all<{ name: string; count: number }>(sql`
    select m.pass as name, count(*)::int as count from statement_lines l join statement_matches m on m.statement_line_id = l.id
    where l.statement_id = ${statementId} group by 1 order by 2 desc, 1`);
  const fees = await db.first<{ count: number; matched: number; total: string }>(sql`
    select count(*)::int as count, count(m.statement_line_id)::int as matched, coalesce(sum(l.amount) filter (where l.currency = ${currency}), 0)::text as total
    from statement_lines l left join statement_matches m on m.statement_line_id = l.id where l.statement_id = ${statementId} and l.kind = 'fee'`);
  const { count = 0, matched = 0, total = '0' } = fees ?? {};
  return { passes, fees: { count, matched, total: Money.of(total, currency).toJSON() } };
}
