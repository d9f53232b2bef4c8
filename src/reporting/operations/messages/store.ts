import { sql } from '../../../platform/index.ts';
import { only, type ViewFrame, within } from '../frame.ts';
import type { Narrowed } from '../types.ts';
import type { MessagesBy, SmsRow } from './types.ts';

/** Messages by one thing. Parts of a wait for a receipt are four for each doubling: receipt_part() in the migration. */
export const messagesBy = ({ db, programmeId }: ViewFrame, groupBy: MessagesBy, { gatewayId, ...days }: Narrowed): Promise<SmsRow[]> =>
  db.all<SmsRow>(sql`with figures as (
      select f.measure, ${groupBy === 'gateway' ? sql`f.gateway_id` : sql`null::uuid`} as gateway, ${groupBy === 'day' ? sql`f.day::text` : sql`null::text`} as day,
        ${groupBy === 'kind' ? sql`case f.measure when 'message' then split_part(f.key, '/', 1) end` : sql`null::text`} as kind,
        ${groupBy === 'language' ? sql`case f.measure when 'message' then nullif(split_part(f.key, '/', 5), '') end` : sql`null::text`} as language,
        ${groupBy === 'reason' ? sql`case f.measure when 'message' then nullif(split_part(f.key, '/', 3), '') end` : sql`null::text`} as reason,
        case f.measure when 'message' then split_part(f.key, '/', 2) end as state, f.measure = 'message' and split_part(f.key, '/', 4) = 'dead' as dead,
        case f.measure when 'receipt' then f.key::int end as part, f.count, f.amount
      from operations_figures f where f.programme_id = ${programmeId} and f.measure in ('message', 'receipt')
        ${only(sql`f.gateway_id`, gatewayId)} ${within(sql`f.day`, days)}),
    receipts as (select gateway, day, part, sum(sum(count)) over (partition by gateway, day order by part) as until, sum(sum(count)) over (partition by gateway, day) as all_of
      from figures where measure = 'receipt' group by 1, 2, 3),
    halves as (select gateway, day, min(part) filter (where until >= 0.5 * all_of) as part from receipts group by 1, 2),
    sums as (select gateway, day, kind, language, reason, coalesce(sum(count) filter (where state = 'pending'), 0)::int as queued,
        coalesce(sum(count) filter (where state <> 'pending'), 0)::int as sent,
        coalesce(sum(count) filter (where state in ('accepted', 'delivered', 'undelivered')), 0)::int as accepted,
        coalesce(sum(count) filter (where state = 'delivered'), 0)::int as delivered,
        coalesce(sum(count) filter (where state = 'undelivered'), 0)::int as undelivered,
        coalesce(sum(count) filter (where state = 'failed'), 0)::int as failed, coalesce(sum(count) filter (where dead), 0)::int as dead, sum(amount)::int as segments
      from figures where measure = 'message' group by 1, 2, 3, 4, 5 having bool_or(count <> 0))
    select s.gateway as "gatewayId", g.name as "gatewayName", s.day, s.kind, s.language, s.reason, s.queued, s.sent, s.accepted, s.delivered, s.undelivered, s.failed, s.dead,
      s.segments, round(s.segments * p.segment_price, minor_units(p.segment_currency))::text as cost, p.segment_currency as "costCurrency",
      ceil(power(2::numeric, (h.part + 1) / 4.0))::int as "medianReceiptSeconds"
    from sums s join programmes p on p.id = ${programmeId} left join gateways g on g.id = s.gateway
    left join halves h on ${groupBy === 'gateway' || groupBy === 'day'}::boolean and h.gateway is not distinct from s.gateway and h.day is not distinct from s.day
    order by g.position nulls first, s.day, s.kind, s.language, s.reason nulls first`);
