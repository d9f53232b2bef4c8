import { type Db, Money, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { Claim, Decision, DecisionKind, ExceptionState, Resolution } from './types.ts';

interface DecisionRow extends Omit<Decision, 'amount' | 'proposedAt' | 'decidedAt'> {
  readonly amount: string | null;
  readonly currency: string | null;
  readonly proposedAt: Date;
  readonly decidedAt: Date | null;
}

const columns = sql`d.id, d.exception_id as "exceptionId", d.kind, d.amount, d.currency, d.fund_id as "fundId", d.office_id as "officeId", d.reference, d.note,
  d.state, d.proposed_by as "proposedBy", d.proposed_at as "proposedAt", d.decided_by as "decidedBy", d.decided_at as "decidedAt",
  d.decision_note as "decisionNote", d.undone_by as "undoneBy"`;

const decisionOf = ({ amount, currency, proposedAt, decidedAt, ...row }: DecisionRow): Decision => ({
  ...row,
  amount: amount !== null && currency !== null ? Money.of(amount, currency).toJSON() : null,
  proposedAt: proposedAt.toISOString(),
  decidedAt: decidedAt?.toISOString() ?? null,
});

/** Everything that was proposed of an exception, the oldest first. */
export async function decisionsOf(db: Db, exceptionId: string): Promise<Decision[]> {
  return (
    await db.all<DecisionRow>(sql`select ${columns} from exception_decisions d where d.exception_id = ${exceptionId} order by d.id`)
  ).map(decisionOf);
}

export async function findDecision(db: Db, id: string): Promise<Decision | undefined> {
  const row = await db.first<DecisionRow>(sql`select ${columns} from exception_decisions d where d.id = ${id}`);
  return row && decisionOf(row);
}

/** Makes everybody who decides about one exception wait for each other. @returns its state then, or undefined when there is none */
export async function lockException(tx: Tx, id: string): Promise<{ state: ExceptionState; resolution: Resolution | null } | undefined> {
  return tx.first(sql`select state, resolution from exceptions where id = ${id} for no key update`);
}

/** What the facts of an exception say about where a decision of it is posted. */
export interface Grounds {
  readonly fundId: string | null;
  readonly currency: string;
  readonly officeId: string | null;
  /** Whether a statement of the bank shows it: what was taken the bank took, not the post. */
  readonly ofBank: boolean;
  readonly atStake: string | null;
  /** All of it, in whatever currency. */
  readonly stake: { readonly amount: string; readonly currency: string } | null;
}

/** @param fundId the fund that somebody names; it counts where the cash was of no voucher and no settlement */
export async function groundsOf(db: Db, exceptionId: string, fundId: string | undefined): Promise<Grounds | undefined> {
  return db.first<Grounds>(sql`select coalesce(v.fund_id, n.fund_id, f.id) as "fundId", g.currency, coalesce(p.office_id, e.office_id) as "officeId",
      coalesce(s.source = 'bank', false) as "ofBank", case when e.currency = g.currency then e.amount::text end as "atStake",
      case when e.amount is not null then jsonb_build_object('amount', e.amount::text, 'currency', e.currency) end as stake
    from exceptions e join programmes g on g.id = e.programme_id left join statements s on s.id = e.statement_id left join payouts p on p.id = e.payout_id
      left join statement_lines l on l.id = e.statement_line_id
      left join vouchers v on v.id = p.voucher_id or p.id is null and v.serial = l.serial and v.programme_id = e.programme_id
      left join settlements n on e.kind = 'reversed' and e.record_type = 'settlement' and n.id = e.record_id
      left join funds f on f.id = ${fundId ?? null}::uuid and f.programme_id = e.programme_id
    where e.id = ${exceptionId}`);
}

/** @throws Error by one of the constraints of `exception_decisions` */
export async function insertDecision(
  tx: Tx,
  decision: {
    readonly id: string;
    readonly exceptionId: string;
    readonly kind: DecisionKind;
    readonly amount: Money | null;
    readonly fundId: string | null;
    readonly officeId: string | null;
    readonly reference: string | null;
    readonly note: string;
  },
  by: string,
  at: Date,
): Promise<void> {
  const { id, exceptionId, kind, amount, fundId, officeId, reference, note } = decision;
  await tx.insert('exception_decisions', [
    {
      id,
      exception_id: exceptionId,
      kind,
      amount: amount?.toString() ?? null,
      currency: amount?.currency ?? null,
      fund_id: fundId,
      office_id: officeId,
      reference,
      note,
      state: 'proposed',
      proposed_by: by,
      proposed_at: at,
    },
  ]);
}

/** @returns whether it waited until now @throws Error by one of the constraints of `exception_decisions` */
export async function decide(
  tx: Tx,
  id: string,
  { state, by, at, note }: { readonly state: 'approved' | 'refused'; readonly by: string; readonly at: Date; readonly note: string | null },
): Promise<boolean> {
  return (
    (await tx.run(sql`update exception_decisions set state = ${state}, decided_by = ${by}, decided_at = ${at}, decision_note = ${note}
      where id = ${id} and state = 'proposed'`)) === 1
  );
}

/** Takes back whatever stands of an exception. @returns the subjects of what was posted of it, and the funds they are in */
export async function undoDecisions(tx: Tx, exceptionId: string, reopening: string, at: Date): Promise<string[]> {
  const undone = await tx.all<{ id: string }>(sql`update exception_decisions d set undone_by = ${reopening}
    where d.exception_id = ${exceptionId} and d.state = 'approved' and d.undone_by is null and d.kind <> 'reopening' returning d.id`);
  await tx.run(sql`update claims set state = 'undone', ended_by = ${reopening}, ended_at = ${at}
    where exception_id = ${exceptionId} and state <> 'undone'`);
  return undone.map(({ id }) => id);
}

/** Moves an exception on. @param resolved what resolved it; null is open or proposed */
export async function moveException(
  tx: Tx,
  id: string,
  state: ExceptionState,
  resolved: { readonly resolution: Resolution; readonly note: string; readonly by: string; readonly at: Date } | null,
): Promise<void> {
  const { resolution = null, note = null, by = null, at = null } = resolved ?? {};
  await tx.run(sql`update exceptions set state = ${state}, resolution = ${resolution}, note = ${note}, resolved_by = ${by}::uuid,
    resolved_at = ${at}::timestamptz, version = version + 1 where id = ${id}`);
}

/** Opens an exception again that was resolved. */
export async function reopen(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.run(sql`update exceptions set state = 'open', resolution = null, note = null, resolved_by = null, resolved_at = null, reopened_at = ${at},
    version = version + 1 where id = ${id}`);
}

interface ClaimRow extends Omit<Claim, 'amount' | 'openedAt' | 'endedAt'> {
  readonly amount: string;
  readonly currency: string;
  readonly openedAt: Date;
  readonly endedAt: Date | null;
}

const claimColumns = sql`c.id, c.exception_id as "exceptionId", c.programme_id as "programmeId", c.fund_id as "fundId", c.office_id as "officeId",
  c.payout_id as "payoutId", c.amount, c.currency, c.state, c.opened_at as "openedAt", c.ended_at as "endedAt"`;

const claimOf = ({ amount, currency, openedAt, endedAt, ...row }: ClaimRow): Claim => ({
  ...row,
  amount: Money.of(amount, currency).toJSON(),
  openedAt: openedAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});

/** The claim that stands, or stood last, of an exception. */
export async function claimOfException(db: Db, exceptionId: string): Promise<Claim | undefined> {
  const row = await db.first<ClaimRow>(
    sql`select ${claimColumns} from claims c where c.exception_id = ${exceptionId} order by c.id desc limit 1`,
  );
  return row && claimOf(row);
}

export async function insertClaim(tx: Tx, decisionId: string, at: Date): Promise<void> {
  await tx.run(sql`insert into claims (id, exception_id, programme_id, fund_id, office_id, payout_id, amount, currency, opened_at)
    select d.id, e.id, e.programme_id, d.fund_id, d.office_id, e.payout_id, d.amount, d.currency, ${at}
    from exception_decisions d join exceptions e on e.id = d.exception_id where d.id = ${decisionId}`);
}

/** @returns the claim that the decision ended */
export async function endClaim(tx: Tx, { id, exceptionId }: Decision, state: Claim['state'], at: Date): Promise<string | undefined> {
  const row = await tx.first<{ id: string }>(sql`update claims set state = ${state}, ended_by = ${id}, ended_at = ${at}
    where exception_id = ${exceptionId} and state = 'open' returning id`);
  return row?.id;
}

/** A programme's claims in the order they were made. */
export async function pageOfClaims(
  db: Db,
  programmeId: string,
  { state, officeId, fundId }: { readonly state?: string; readonly officeId?: string; readonly fundId?: string },
  limit: number,
  after: string | undefined,
): Promise<Page<Claim>> {
  const rows = await db.all<ClaimRow>(sql`select ${claimColumns} from claims c where c.programme_id = ${programmeId}
    and (${state ?? null}::text is null or c.state = ${state ?? null}) and (${officeId ?? null}::uuid is null or c.office_id = ${officeId ?? null})
    and (${fundId ?? null}::uuid is null or c.fund_id = ${fundId ?? null})
    and (${after ?? null}::uuid is null or c.id > ${after ?? null}) order by c.id limit ${limit + 1}`);
  return pageOf(rows.map(claimOf), limit, ({ id }) => id);
}
