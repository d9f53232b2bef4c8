import { type Sql, sql } from '../../../platform/index.ts';
import { quotesNothing } from '../references.ts';
import { daysFit, isFree, isUnidentified, type Look, onlyPass, openLines, quotes } from './look.ts';

const noneApart = sql`not exists (select from statement_decisions d where d.statement_line_id = l.id and d.target_id = any(g.ids) and d.verdict = 'apart')`;

/** All pay-outs of an office and a day that no line has claimed, where they come to the amount of a line that names no voucher. */
export function byOfficeDay(look: Look): Sql {
  const { programmeId } = look.statement;
  const pass = onlyPass(look.group);
  const reach = pass.days ?? 0;
  return sql`
    select line_id, 'payout' as target_type, ids as targets, 0 as rank, days, 0 as difference,
      booked_on between ${look.statement.from}::date and ${look.statement.to}::date as agrees
    from (
      select distinct on (office_id, paid_on) * from (
        select distinct on (l.id) l.id as line_id, l.row_number, l.paid_on as booked_on, g.*, abs(l.paid_on - g.paid_on) as days
        from statement_lines l join offices o on o.code = l.office_code
          join lateral (
            select p.office_id, p.paid_on, p.currency, sum(p.amount) as amount, array_agg(p.id order by p.id) as ids
            from payouts p where p.office_id = o.id and p.paid_on between l.paid_on - ${reach}::int and l.paid_on + ${reach}::int
              and p.voided_at is null and ${isFree('payout', sql`p.id`)}
              and exists (select from vouchers v where v.id = p.voucher_id and v.programme_id = ${programmeId})
            group by p.office_id, p.paid_on, p.currency
          ) g on g.currency = l.currency and g.amount = l.amount
        where ${openLines(look, sql`l.office_code`)} and l.serial is null and l.document_last_four is null and ${isUnidentified}
          and ${quotesNothing(look.statement)}
          and ${daysFit(pass, sql`g.paid_on`)} and ${noneApart}
        order by l.id, abs(l.paid_on - g.paid_on), g.paid_on
      ) nearest order by office_id, paid_on, days, row_number
    ) one`;
}

/**
 * All pay-outs that no line has claimed on days that follow each other, of an office or, for a line without one, of all offices, up to the day of a
 * line that names no voucher: only where exactly one such span comes to its amount, and no span of another line has a day of it. One pay-out is no sum, and is nobody's by its amount. Days on which
 * nothing is left to claim stand between none. Each day is added up once, and a line compares no more days than its pass reaches back.
 */
export function byDays(look: Look): Sql {
  const { programmeId, from, to } = look.statement;
  const { days, office } = onlyPass(look.group);
  const reach = days ?? 0;
  // Where all offices count together, nobody's place is the place of each.
  const place = (of: Sql): Sql => (office ? of : sql`'00000000-0000-0000-0000-000000000000'::uuid`);
  return sql`
    with listed as materialized (
      select l.id, l.row_number, l.amount, l.currency, l.paid_on, ${place(sql`o.id`)} as place
      from statement_lines l left join offices o on o.code = l.office_code
      where ${openLines(look, office ? sql`l.office_code` : sql`l.currency`)} and l.serial is null and l.document_last_four is null
        and ${office ? sql`o.id is not null` : sql`l.office_code is null`}),
    free as materialized (
      select p.id, ${place(sql`p.office_id`)} as place, p.currency, p.paid_on, p.amount
      from payouts p join vouchers v on v.id = p.voucher_id and v.programme_id = ${programmeId}
      where p.paid_on between (select min(paid_on) from listed) - ${reach}::int and (select max(paid_on) from listed)
        and p.office_id is not null and p.voided_at is null and ${isFree('payout', sql`p.id`)}),
    summed as materialized (
      select *, sum(amount) over (partition by place, currency order by paid_on) as until
      from (select place, currency, paid_on, sum(amount) as amount from free group by 1, 2, 3) d),
    spans as materialized (
      select *, count(*) over (partition by id) as of_line, lead(first) over w as next,
        max(last) over (w rows between unbounded preceding and 1 preceding) as before
      from (
        select l.id, l.place, l.currency, l.paid_on, f.paid_on as first, t.paid_on as last
        from listed l join summed f on f.place = l.place and f.currency = l.currency and f.paid_on between l.paid_on - ${reach}::int and l.paid_on
          join summed t on t.place = l.place and t.currency = l.currency and t.paid_on between f.paid_on and l.paid_on
            and t.until - f.until + f.amount = l.amount) fits
      window w as (partition by place, currency order by first, last, id)),
    groups as materialized (
      select s.id, s.paid_on as booked_on, s.paid_on - s.first as days, array_agg(p.id order by p.id) as ids
      from spans s join free p on p.place = s.place and p.currency = s.currency and p.paid_on between s.first and s.last
      where s.of_line = 1 and coalesce(s.before < s.first, true) and coalesce(s.next > s.last, true) group by 1, 2, 3
      having count(*) > 1)
    select l.id as line_id, 'payout' as target_type, g.ids as targets, 0 as rank, g.days, 0 as difference,
      g.booked_on between ${from}::date and ${to}::date as agrees
    from groups g join listed l on l.id = g.id where ${noneApart}`;
}

/** All settlements of one reference that no line has claimed, where they come to the amount of a line that quotes it. */
export function byReference(look: Look): Sql {
  const { target } = onlyPass(look.group);
  return sql`
    select distinct on (g.reference) l.id as line_id, ${target} as target_type, g.ids as targets, 0 as rank, abs(l.paid_on - g.booked_on) as days,
      0 as difference, l.paid_on between ${look.statement.from}::date and ${look.statement.to}::date as agrees
    from statement_lines l join (
        select lower(r.reference) as reference, r.currency, sum(r.amount) as amount, min(r.booked_on) as booked_on,
          array_agg(r.target_id order by r.target_id) as ids
        from statement_targets r where r.programme_id = ${look.statement.programmeId} and r.target_type = ${target}
          and ${isFree(target, sql`r.target_id`)}
        group by 1, 2
      ) g on g.currency = l.currency and g.amount = l.amount and ${quotes(sql`g.reference`)}
    where ${openLines(look, sql`lower(coalesce(l.our_reference, l.reference))`)} and ${noneApart}
    order by g.reference, l.row_number`;
}
