import { type Sql, sql, type Tx } from '../platform/index.ts';
import { isNews, type Stretch, toldWebhooks } from './progress-store.ts';

const money = (amount: Sql, currency: Sql): Sql => sql`'amount', round(${amount}, minor_units(${currency}))::text, 'currency', ${currency}`;
const moment = (at: Sql): Sql => sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * What transactions of the stretch `news` is of have done, as rows of id, programme_id, type, at, data and written_by. The trail says where to look; what
 * happened is read from where it stands once: the books, for money, and the record itself otherwise. Each fact has an identifier of its own already.
 */
const facts = ({ from, until }: Stretch): Sql => sql`
  select e.id, e.programme_id, 'voucher.paid' as type, e.at, jsonb_build_object('programmeId', e.programme_id, 'listId', v.list_id, 'voucherId', v.id,
      'payoutId', p.id, 'state', 'redeemed', 'how', case when p.advance_id is not null then 'by_hand' when p.reported_at is not null then 'offline'
      else 'counter' end, 'officeId', p.office_id, 'paidAt', ${moment(sql`p.paid_at`)}, ${money(sql`p.amount`, sql`p.currency`)}) as data, e.written_by
    from moved m join journal_entries e on e.subject_id = m.payout_id and e.event in ('payout', 'delivery') and e.written_by = m.written_by
      join payouts p on p.id = e.subject_id join vouchers v on v.id = p.voucher_id
  union all
  select e.id, e.programme_id, 'payout.voided', e.at, jsonb_build_object('programmeId', e.programme_id, 'listId', v.list_id, 'voucherId', v.id,
      'payoutId', p.id, 'state', 'voided', 'officeId', p.office_id, ${money(sql`p.amount`, sql`p.currency`)}), e.written_by
    from moved m join journal_entries e on e.subject_id = m.payout_id and e.event in ('void', 'delivery_void') and e.written_by = m.written_by
      join payouts p on p.id = e.subject_id join vouchers v on v.id = p.voucher_id
  union all
  select e.id, e.programme_id, 'voucher.expired', e.at, jsonb_build_object('programmeId', e.programme_id, 'listId', v.list_id, 'voucherId', v.id,
      'state', 'expired', ${money(sql`v.amount`, sql`v.currency`)}), e.written_by
    from news n join journal_entries e on e.fund_id = n.fund_id and e.at = n.at and e.event = 'expiry' and e.written_by = n.written_by
      join vouchers v on v.id = e.subject_id where n.command = 'vouchers.expire'
  union all
  select l.id, l.programme_id, 'payment_list.released', n.at, jsonb_build_object('programmeId', l.programme_id, 'listId', l.id, 'state', 'released',
      'lines', t.lines, 'total', round(t.total, minor_units(l.currency))::text, 'currency', l.currency), n.written_by
    from news n join payment_lists l on l.id = n.subject and l.released_at = n.at cross join lateral (
      select count(*)::int as lines, coalesce(sum(o.amount), 0) as total from payment_list_lines o where o.list_id = l.id and o.state = 'released') t
    where n.subject_type = 'payment_list'
  union all
  select md5('closing/' || c.period_id || '/' || c.number)::uuid, p.programme_id, 'period.closed', n.at, jsonb_build_object('programmeId', p.programme_id,
      'periodId', p.id, 'closing', c.number, 'startsOn', p.starts_on, 'endsOn', p.ends_on, 'state', 'closed'), n.written_by
    from news n join ledger_closings c on c.period_id = n.subject and c.closed_at = n.at join ledger_periods p on p.id = c.period_id
    where n.subject_type = 'ledger_period'
  union all
  select x.id, x.programme_id, 'export.ready', n.at, jsonb_build_object('programmeId', x.programme_id, 'exportId', x.id, 'state', 'ready'), n.written_by
    from news n join (select id, programme_id, ready_at, 'person_export' as kind from person_exports
      union all select id, programme_id, ready_at, 'export_run' from export_runs) x on x.id = n.subject and x.kind = n.subject_type and x.ready_at = n.at
  union all
  select x.id, x.programme_id, 'exception.opened', x.opened_at, jsonb_build_object('programmeId', x.programme_id, 'exceptionId', x.id, 'kind', x.kind,
      'state', 'open'), x.written_by
    from exceptions x where x.written_by >= ${from}::xid8 and x.written_by < ${until}::xid8 and x.programme_id in (select programme_id from told)
  union all
  select md5('reopening/' || x.id || '/' || x.reopened_in)::uuid, x.programme_id, 'exception.opened', x.reopened_at, jsonb_build_object('programmeId', x.programme_id,
      'exceptionId', x.id, 'kind', x.kind, 'state', 'open'), x.reopened_in
    from exceptions x where x.reopened_in >= ${from}::xid8 and x.reopened_in < ${until}::xid8 and x.programme_id in (select programme_id from told)`;

/**
 * Makes deliveries of what happened in a stretch, for every webhook that is to be told. Done again, it adds nothing.
 * @returns how many deliveries
 */
export const foldFacts = (tx: Tx, now: Date, stretch: Stretch): Promise<number> =>
  tx.run(sql`with told as materialized (select id, programme_id, events, since from ${toldWebhooks}),
    news as materialized (select e.at, e.written_by, e.command, e.subject_type, e.fund_id,
        case when e.subject_type in ('voucher', 'payout', 'payment_list', 'ledger_period', 'person_export', 'export_run') then e.subject_id::uuid end as subject
      from audit_events e where e.written_by >= ${stretch.from}::xid8 and e.written_by < ${stretch.until}::xid8 and ${isNews}
        and (e.programme_id is null or e.programme_id in (select programme_id from told))),
    moved as materialized (
      select p.id as payout_id, n.written_by from news n join payouts p on p.voucher_id = n.subject where n.subject_type = 'voucher'
      union select n.subject, n.written_by from news n where n.subject_type = 'payout'),
    wanted as materialized (select f.*, t.id as webhook_id from (${facts(stretch)}) f
      join told t on t.programme_id = f.programme_id and f.type = any(t.events) and f.at >= t.since where f.at >= (select not_before from webhook_progress)),
    kept as (insert into webhook_events (id, programme_id, type, happened_at, data, created_at)
      select distinct on (id) id, programme_id, type, at, data, ${now}::timestamptz from wanted order by id on conflict do nothing)
    insert into webhook_deliveries (id, webhook_id, event_id, next_try_at, created_at)
      select gen_random_uuid(), webhook_id, id, ${now}, ${now} from wanted order by written_by, at, id on conflict (webhook_id, event_id) do nothing`);
