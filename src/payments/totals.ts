import type { Sex } from '../beneficiaries/index.ts';
import { type Db, Money, sql } from '../platform/index.ts';
import type { Kind } from '../programmes/index.ts';
import type { AgeBand, ControlTotals, LineState, PaymentList, ReasonCount } from './types.ts';

interface Row {
  /** Which of the columns below were grouped by, as bits: a zero for each that was. */
  readonly level: number;
  readonly kind: Kind;
  readonly plan_id: string;
  readonly wilaya_number: string;
  readonly sex: Sex;
  readonly age_band: AgeBand;
  readonly state: LineState;
  readonly return_reason: ReasonCount['reason'] | null;
  readonly lines: number;
  readonly counted: number;
  readonly total: string;
  readonly counted_total: string;
  readonly currency: string;
}

const KIND = 0b0111111;
const PLAN = 0b1011111;
const WILAYA = 0b1101111;
const SEX_AND_AGE = 0b1110011;
const STATE = 0b1111101;
const REASON = 0b1111110;

/**
 * What a list's lines add up to, every which way. From its submission on that stands in its round, so that whoever signs a list of a million lines
 * does not wait for them to be added up; from its release on only what has become of the lines is.
 */
export async function controlTotals(db: Db, { id, state, round }: Pick<PaymentList, 'id' | 'state' | 'round'>): Promise<ControlTotals> {
  const row = await db.first<{ totals: ControlTotals }>(
    sql`select control_totals as totals from payment_list_rounds where list_id = ${id} and round = ${round}`,
  );
  if (!row) return liveTotals(db, id);
  return state === 'submitted' || state === 'approved' ? row.totals : { ...row.totals, ...(await whatBecame(db, id)) };
}

/** What became of a list's lines. */
async function whatBecame(db: Db, listId: string): Promise<Pick<ControlTotals, 'byState' | 'returned'>> {
  const rows = await db.all<Pick<Row, 'state' | 'return_reason' | 'lines' | 'total' | 'currency'>>(sql`
    select state, return_reason, count(*)::int as lines, sum(amount)::text as total, min(currency) as currency
    from payment_list_lines where list_id = ${listId} group by grouping sets ((state), (return_reason)) order by state, return_reason`);
  return {
    byState: rows.flatMap(({ state, lines, total, currency }) =>
      state ? [{ state, lines, total: Money.of(total, currency).toJSON() }] : [],
    ),
    returned: rows.flatMap(({ return_reason: reason, lines }) => (reason ? [{ reason, people: lines }] : [])),
  };
}

/** The same, added up in one pass over the lines. */
export async function liveTotals(db: Db, listId: string): Promise<ControlTotals> {
  const rows = await db.all<Row>(sql`
    select grouping(kind, plan_id, wilaya_number, sex, age_band, state, return_reason)::int as level, kind, plan_id, wilaya_number, sex, age_band,
      state, return_reason, count(*)::int as lines, count(*) filter (where state <> 'held')::int as counted, sum(amount)::text as total,
      coalesce(sum(amount) filter (where state <> 'held'), 0)::text as counted_total, min(currency) as currency
    from payment_list_lines where list_id = ${listId}
    group by grouping sets ((kind), (plan_id), (wilaya_number), (sex, age_band), (state), (return_reason))
    order by kind, plan_id, wilaya_number, sex, age_band, state, return_reason`);
  const at = (level: number) => rows.filter((row) => row.level === level);
  const included = (level: number) => at(level).filter(({ counted }) => counted > 0);
  const sums = ({ counted, counted_total, currency }: Row) => ({ lines: counted, total: Money.of(counted_total, currency).toJSON() });
  return {
    byKind: included(KIND).map((row) => ({ kind: row.kind, ...sums(row) })),
    byPlan: included(PLAN).map((row) => ({ planId: row.plan_id, ...sums(row) })),
    byWilaya: included(WILAYA).map((row) => ({ wilayaNumber: row.wilaya_number, ...sums(row) })),
    bySexAndAge: included(SEX_AND_AGE).map((row) => ({ sex: row.sex, ageBand: row.age_band, ...sums(row) })),
    byState: at(STATE).map(({ state, lines, total, currency }) => ({ state, lines, total: Money.of(total, currency).toJSON() })),
    returned: at(REASON).flatMap(({ return_reason: reason, lines }) => (reason ? [{ reason, people: lines }] : [])),
    leftOut: await leftOutByReason(db, listId),
  };
}

const leftOutByReason = (db: Db, listId: string): Promise<ReasonCount[]> =>
  db.all<ReasonCount>(
    sql`select reason, count(*)::int as people from payment_list_left_out where list_id = ${listId} group by reason order by 1`,
  );
