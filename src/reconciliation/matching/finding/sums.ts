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
