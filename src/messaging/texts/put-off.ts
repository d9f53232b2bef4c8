import { isPhoneHeld } from '../../beneficiaries/index.ts';
import { type Sql, sql } from '../../platform/index.ts';

/** Hours of the day, in the programme's time zone, between which nobody is woken by a reminder. */
const decent = { from: '09:00', to: '18:00' } as const;

/**
 * Why a message waits, other than that its turn has not come: a number that nobody has confirmed yet, a pack that pays nobody, cash that is brought to the
 * person, or the morning.
 */
export const putOffReasons = ['phone_held', 'pack_not_out', 'on_round', 'quiet_hours'] as const;
export type PutOff = (typeof putOffReasons)[number];

/** Whether it is a time of day for reminders. @param timeZone in the statement around it */
export const isDecentHour = (timeZone: Sql, now: Date): Sql =>
  sql`((${now}::timestamptz at time zone ${timeZone})::time between ${decent.from}::time and ${decent.to}::time)`;

/** Whether a voucher `v` is in a pack that does not pay at this moment: then nobody pays it anywhere. */
const isPaidNowhere = (now: Date): Sql => sql`exists (select from offline_bindings ob join offline_packs op on op.id = ob.pack_id
  where ob.voucher_id = v.id and ob.is_open and not (op.state = 'out' and ${now}::timestamptz between op.starts_at and op.ends_at))`;

/** Why a pending message `m` about a voucher `v` of a programme `p` waits; null when it may go. */
export const putOff = (now: Date): Sql => sql`case when ${isPhoneHeld(sql`m.beneficiary_id`, now)} then 'phone_held'
  when m.kind = 'reminder' and ${isPaidNowhere(now)} then 'pack_not_out'
  when m.kind = 'reminder' and is_carried(v.id) then 'on_round'
  when m.kind = 'reminder' and not ${isDecentHour(sql`p.time_zone`, now)} then 'quiet_hours' end`;

/** Whether a message `c` with a code went out, as far as anybody knows: of a code that did not arrive nobody is reminded. */
export const isOut = sql`c.state in ('accepted', 'delivered')`;

/**
 * Whether nobody needs a message `m` about a voucher `v` any more: it would remind of what was paid, locked, cancelled or has run out, or of a code that
 * has turned out not to have arrived.
 */
export const isOverdue = (now: Date): Sql => sql`(m.kind = 'reminder' and (v.state <> 'activated' or v.expires_at <= ${now}
  or not exists (select from messages c where c.voucher_id = v.id and c.kind = 'code' and c.counter = m.counter and ${isOut})))`;
