import { type Db, Money, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { ControlTotals } from '../types.ts';
import type { Hand, Round, Signature } from './types.ts';

/** What a hand is laid on a list with. */
export interface NewHand {
  readonly hand: Hand;
  readonly step?: number | null;
  readonly role?: string | null;
  readonly digest?: string | null;
  readonly forUserId?: string | null;
  readonly delegationId?: string | null;
  readonly reason?: string | null;
}

/** Records a hand in a list's present round. @throws separation_of_duties, by constraint, when the person has had another one already */
export async function insertHand(tx: Tx, listId: string, userId: string, now: Date, hand: NewHand): Promise<void> {
  const { step = null, role = null, digest = null, forUserId = null, delegationId = null, reason = null } = hand;
  await tx.run(sql`insert into payment_list_hands (list_id, round, user_id, hand, step, role, digest, for_user_id, delegation_id, reason, at)
    select id, round, ${userId}::uuid, ${hand.hand}, ${step}::int, ${role}, ${digest}, ${forUserId}::uuid, ${delegationId}::uuid, ${reason}, ${now}
    from payment_lists where id = ${listId}`);
}

/** Records somebody as a maker of a list's present round, who may be one already. */
export async function insertMaker(tx: Tx, listId: string, userId: string, now: Date): Promise<void> {
  await tx.run(sql`insert into payment_list_hands (list_id, round, user_id, hand, at)
    select id, round, ${userId}::uuid, 'maker', ${now} from payment_lists where id = ${listId}
    on conflict on constraint payment_list_hands_one_each do nothing`);
}

/** Keeps what is submitted, as everybody who signs the round signs it. */
export async function insertRound(
  tx: Tx,
  listId: string,
  { digest, controlTotals, userId }: { readonly digest: string; readonly controlTotals: ControlTotals; readonly userId: string },
  now: Date,
): Promise<void> {
  await tx.run(sql`insert into payment_list_rounds (list_id, round, digest, programme_id, programme_version, kinds, line_count, total, currency,
      control_totals, submitted_by, submitted_at)
    select l.id, l.round, ${digest}, l.programme_id, p.version,
      (select array_agg(distinct o.kind order by o.kind) from payment_list_lines o where o.list_id = l.id and o.state = 'included'),
      l.line_count, l.total, l.currency, ${JSON.stringify(controlTotals)}::jsonb, ${userId}::uuid, ${now}
    from payment_lists l join programmes p on p.id = l.programme_id where l.id = ${listId}`);
}

/** Gives a submitted list back to its makers: a draft again, in its next round. */
export const reopenList = (tx: Tx, listId: string): Promise<number> =>
  tx.run(sql`update payment_lists set state = 'draft', round = round + 1, digest = null, programme_version = null, submitted_at = null,
    version = version + 1 where id = ${listId}`);

type HandRow = Omit<Signature, 'at'> & { readonly at: Date; readonly round: number; readonly reason: string | null };

const handColumns = sql`h.round, h.user_id as "userId", h.for_user_id as "forUserId", h.hand, h.step, h.role, h.reason, h.at`;

const shown = ({ at, round: _round, reason: _reason, ...hand }: HandRow): Signature => ({ ...hand, at: at.toISOString() });

/** The hands of a list's present round, oldest first. */
export async function signaturesOf(db: Db, listId: string): Promise<Signature[]> {
  const rows =
    await db.all<HandRow>(sql`select ${handColumns} from payment_list_hands h join payment_lists l on l.id = h.list_id and l.round = h.round
    where h.list_id = ${listId} order by h.at, h.user_id`);
  return rows.map(shown);
}

type RoundRow = Omit<Round, 'total' | 'submittedAt' | 'signatures' | 'rejection'> & {
  readonly total: string;
  readonly currency: string;
  readonly submittedAt: Date;
};

/** The rounds of a list, the first first. @param after the round that the page before ended with */
export async function pageOfRounds(db: Db, listId: string, limit: number, after: number): Promise<Page<Round>> {
  const rounds = await db.all<RoundRow>(sql`select round, digest, programme_version as "programmeVersion", kinds, line_count as "lineCount",
      total::text, currency, submitted_by as "submittedBy", submitted_at as "submittedAt"
    from payment_list_rounds where list_id = ${listId} and round > ${after} order by round limit ${limit + 1}`);
  const hands = await db.all<HandRow>(sql`select ${handColumns} from payment_list_hands h
    where h.list_id = ${listId} and h.round = any(${rounds.map(({ round }) => round)}::int[]) order by h.at, h.user_id`);
  const shownRounds = rounds.map(({ total, currency, submittedAt, ...round }): Round => {
    const own = hands.filter((hand) => hand.round === round.round);
    const rejecter = own.find(({ hand }) => hand === 'rejecter');
    return {
      ...round,
      total: Money.of(total, currency).toJSON(),
      submittedAt: submittedAt.toISOString(),
      signatures: own.map(shown),
      rejection: rejecter ? { userId: rejecter.userId, at: rejecter.at.toISOString(), reason: rejecter.reason ?? '' } : null,
    };
  });
  return pageOf(shownRounds, limit, ({ round }) => String(round));
}

/** The kinds of assistance on a list: those that its round was submitted with, of a draft those of its lines. */
export async function kindsOf(db: Db, listId: string): Promise<string[]> {
  const row = await db.first<{ kinds: string[] }>(sql`select coalesce(
      (select o.kinds from payment_list_rounds o where o.list_id = l.id and o.round = l.round),
      (select array_agg(distinct n.kind) from payment_list_lines n where n.list_id = l.id and n.state = 'included'), '{}') as kinds
    from payment_lists l where l.id = ${listId}`);
  return row?.kinds ?? [];
}
