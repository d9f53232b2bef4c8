import { type Db, newId, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { ExceptionKind, Finding } from '../types.ts';
import { reconciliationRoles } from './people.ts';
import { dueDays } from './rules.ts';

/** Where exceptions are opened and who is to deal with them. */
export interface Opening {
  readonly programmeId: string;
  /** The paper that showed them; null where a person told of it. */
  readonly statementId: string | null;
  /** Whose they are where the programme has set nobody, unless they had a hand in it; null is nobody yet. */
  readonly ownerId: string | null;
  readonly at: Date;
}

/** An exception that is new, or open again. */
export interface Opened {
  readonly id: string;
  readonly kind: ExceptionKind;
  readonly payoutId: string | null;
}

/** A finding that may say how much is at stake, where no line or pay-out does. */
export type Told = Finding & { readonly amount?: string | undefined };

// One array for each column: a hundred thousand findings are seven values rather than as many objects.
const found = (
  findings: readonly Told[],
): Sql => sql`unnest(${findings.map(() => newId())}::uuid[], ${findings.map(({ kind }) => kind)}::text[],
  ${findings.map(({ detail }) => detail)}::text[], ${findings.map(({ lineId }) => lineId)}::uuid[],
  ${findings.map(({ payoutId }) => payoutId)}::uuid[], ${findings.map(({ record }) => record?.type ?? null)}::text[],
  ${findings.map(({ record }) => record?.id ?? null)}::uuid[], ${findings.map(({ amount }) => amount ?? null)}::numeric[])
  as n (id, kind, detail, line_id, payout_id, record_type, record_id, amount)`;

const nobody = sql`'00000000-0000-0000-0000-000000000000'::uuid`;
const sameFacts = sql`n.kind = e.kind and coalesce(n.line_id, ${nobody}) = coalesce(e.statement_line_id, ${nobody})
  and coalesce(n.payout_id, ${nobody}) = coalesce(e.payout_id, ${nobody}) and coalesce(n.record_id, ${nobody}) = coalesce(e.record_id, ${nobody})`;

/**
 * Opens an exception for each finding. The same facts again open nothing; what a run of matching had taken back is open again. Each is owned
 * by whom the programme has set for its kind or else by who is given, if they could resolve it; by nobody who had a hand in it.
 * @returns those that are new or open again
 */
export async function openExceptions(tx: Tx, opening: Opening, findings: readonly Told[]): Promise<Opened[]> {
  if (findings.length === 0) return [];
  const { programmeId, statementId, ownerId, at } = opening;
  const again =
    await tx.all<Opened>(sql`update exceptions e set state = 'open', resolution = null, note = null, resolved_by = null, resolved_at = null,
      reopened_at = ${at}::timestamptz, version = e.version + 1
    from ${found(findings)} where e.statement_id = ${statementId}::uuid and e.state = 'resolved' and e.resolution = 'superseded' and ${sameFacts}
    returning e.id, e.kind, e.payout_id as "payoutId"`);
  const opened = await tx.all<Opened>(sql`
    with setting as materialized (
      select k.kind, k.due_days, case when ${reconciliationRoles(sql`k.owner_id`, programmeId, at)} then k.owner_id end as owner_id
      from exception_setting_kinds k where k.programme_id = ${programmeId}
        and k.version = (select max(s.version) from exception_settings s where s.programme_id = ${programmeId})),
    importer as materialized (select w.id from (values (${ownerId}::uuid)) as w (id) where ${reconciliationRoles(sql`w.id`, programmeId, at)}),
    candidate as materialized (select owner_id as id from setting where owner_id is not null union select id from importer),
    hand as materialized (select c.id, h.list_id from candidate c join payment_list_hands h on c.id in (h.user_id, h.for_user_id)),
    usual as materialized (select * from jsonb_each_text(${JSON.stringify(dueDays)}::jsonb) as u (kind, days))
    insert into exceptions (id, programme_id, statement_id, kind, statement_line_id, payout_id, record_type, record_id, detail, office_id, amount,
      currency, concerns_on, owner_id, due_on, opened_at)
    select n.id, ${programmeId}::uuid, ${statementId}::uuid, n.kind, n.line_id, n.payout_id, n.record_type, n.record_id, n.detail,
      coalesce(p.office_id, o.id), stake.amount, case when stake.amount is not null then stake.currency end,
      coalesce(p.paid_on, l.paid_on, today.day), own.owner_id,
      today.day + coalesce(k.due_days, u.days::int), ${at}::timestamptz
    from ${found(findings)}
      join programmes g on g.id = ${programmeId}
      cross join lateral (select (${at}::timestamptz at time zone g.time_zone)::date as day) today
      left join lateral (select * from statement_lines where id = n.line_id) l on true
      left join lateral (select * from payouts where id = n.payout_id) p on true
      left join lateral (select w.id, w.list_id, w.amount, w.currency from vouchers w where w.id = p.voucher_id
        union all select w.id, w.list_id, w.amount, w.currency from vouchers w where p.id is null and w.serial = l.serial and w.programme_id = ${programmeId}) v on true
      left join lateral (select * from settlements where n.record_type = 'settlement' and id = n.record_id) s on true
      left join offices o on o.code = l.office_code
      left join setting k on k.kind = n.kind
      left join usual u on u.kind = n.kind
      cross join lateral (select nullif(coalesce(n.amount, case
          when n.kind in ('amount_over', 'amount_under') and l.currency = coalesce(p.currency, v.currency) then abs(l.amount - coalesce(p.amount, v.amount))
          when n.kind = 'reversed' and l.currency = p.currency then least(l.amount, p.amount)
          when n.kind in ('ours_not_in_statement', 'not_received', 'wrong_collector', 'wrong_currency') then p.amount
          when n.kind <> 'asked_to_pay' then coalesce(l.amount, p.amount) end, s.amount), 0) as amount,
        case when n.kind = 'wrong_currency' then p.currency else coalesce(l.currency, p.currency, s.currency, g.currency) end as currency) stake
      left join lateral (select w.id as owner_id from (select 1, k.owner_id union all select 2, i.id from importer i) as w (rank, id)
        where w.id is not null and w.id is distinct from p.agent_id and w.id is distinct from p.voided_by
          and not exists (select from hand h where h.id = w.id and h.list_id = v.list_id)
          and not exists (select from payouts q where q.voucher_id = v.id and w.id in (q.agent_id, q.voided_by))
          and (n.record_id is null or not has_hand_in_exception(w.id, null, null, n.record_type, n.record_id))
        order by w.rank limit 1) own on true
    on conflict do nothing returning id, kind, payout_id as "payoutId"`);
  return [...again, ...opened];
}

/** The exception that the same facts opened before and that waits still; of a pay-out, whoever told of it. */
export async function unresolvedOf(db: Db, { kind, payoutId, record }: Finding): Promise<string | undefined> {
  const row = await db.first<{ id: string }>(sql`select e.id from exceptions e where e.statement_id is null and e.kind = ${kind}
    and (e.payout_id = ${payoutId}::uuid or e.record_type = ${record?.type ?? null}::text and e.record_id = ${record?.id ?? null}::uuid)
    order by e.state = 'resolved', e.id limit 1`);
  return row?.id;
}
