import { type Db, sql } from '../../platform/index.ts';
import type { Item } from './types.ts';

// What each room keeps of a person beside what is sealed. Only their own: whoever collected for them, looked at them or resembles them is
// not named.

export const originOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select b.registration_number as "registrationNumber", b.source, b.registered_at as "registeredAt", b.source_row as "fileRow",
      f.uploaded_at as "fileReceivedAt", p.name as partner, r.reference as "partnerReference", s.reference as "ownReference"
    from beneficiaries b left join registration_files f on f.id = b.source_id
      left join referrals r on r.beneficiary_id = b.id left join partners p on p.id = r.partner_id
      left join self_registrations s on s.beneficiary_id = b.id
    where b.id = any(${records}::uuid[]) order by b.id`);

/** The household as the person belongs to it; the others by how they are related, and by nothing else. */
export const householdOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select h.reference, h.size, string_agg(m.relationship, ', ' order by m.id) filter (where m.id <> all(${records}::uuid[])) as "otherMembers",
      (select count(*)::int from collectors c where c.household_id = h.id and c.ended_at is null) as "otherCollectors"
    from households h left join beneficiaries m on m.household_id = h.id and m.merged_into is null and m.erased_at is null
    where h.id in (select household_id from beneficiaries where id = any(${records}::uuid[])) group by h.id order by h.id`);

export const entitlementsOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select p.name as plan, p.kind, p.purpose, i.number as instalment, i.due_on as "dueOn", i.amount::text as amount, i.currency
    from instalments i join plans p on p.id = i.plan_id
    where i.beneficiary_id = any(${records}::uuid[]) and i.state = 'due' order by i.due_on, i.id`);

export const paymentsOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select p.name as list, p.state as "listState", l.state, l.return_reason as "returnReason", l.amount::text as amount, l.currency,
      l.age_band as "ageBand", l.has_disability as "hasDisability", l.collector_id = any(${records}::uuid[]) as "collectsThemselves"
    from payment_list_lines l join payment_lists p on p.id = l.list_id
    where l.beneficiary_id = any(${records}::uuid[]) order by p.created_at, l.id`);

/** Without codes: nobody knows those but the person. */
export const vouchersOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select serial, state, amount::text as amount, currency, issued_at as "issuedAt", activated_at as "activatedAt", expires_at as "expiresAt"
    from vouchers where beneficiary_id = any(${records}::uuid[]) order by issued_at, id`);

/** What was asked and done by two people: cancelled, given another code, unlocked. */
export const voucherChangesOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select v.serial, c.kind, c.state, c.reason, c.asked_at as "askedAt", c.decided_at as "decidedAt"
    from voucher_changes c join vouchers v on v.id = c.voucher_id
    where v.beneficiary_id = any(${records}::uuid[]) order by c.asked_at, c.id`);

/** The document that was shown is told only to whom it belongs. */
export const payoutsOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select v.serial, p.amount::text as amount, p.currency, o.name_fr as office, p.advance_id is not null as "deliveredByHand",
      p.paid_at as "paidAt", p.voided_at as "voidedAt",
      p.collector_id = any(${records}::uuid[]) as "collectedThemselves",
      case when p.collector_id = any(${records}::uuid[]) then p.document_type end as "documentType",
      case when p.collector_id = any(${records}::uuid[]) then p.document_last_four end as "documentLastFour"
    from vouchers v join payouts p on p.voucher_id = v.id left join offices o on o.id = p.office_id
    where v.beneficiary_id = any(${records}::uuid[]) order by p.paid_at, p.id`);

export const messagesOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select m.kind, m.state, m.created_at as "createdAt", m.accepted_at as "acceptedAt", g.name as gateway
    from messages m left join gateways g on g.id = m.gateway_id
    where m.beneficiary_id = any(${records}::uuid[]) order by m.created_at, m.id`);

/** That somebody resembled another person, and what was decided; who the other is belongs to them. */
export const duplicatesOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select p.found_at as "foundAt", p.state, d.decision, d.decided_at as "decidedAt"
    from duplicate_pairs p left join duplicate_decisions d on d.first_id = p.first_id and d.second_id = p.second_id
    where p.first_id = any(${records}::uuid[]) or p.second_id = any(${records}::uuid[]) order by p.found_at, d.id`);

export const erasuresOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select ground, state, asked_at as "askedAt", decided_at as "decidedAt" from erasures
    where beneficiary_id = any(${records}::uuid[]) order by id`);
