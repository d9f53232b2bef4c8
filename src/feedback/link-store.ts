import { type Db, sql } from '../platform/index.ts';

/** What a number names in a programme. */
export interface Linkable {
  readonly beneficiaryId: string | undefined;
  readonly voucher: { readonly id: string; readonly payoutId: string | null } | undefined;
}

/** Whom a registration number names, and the voucher of a serial with its pay-out, where the programme has them. Nobody who was erased is named. */
export async function findLinkable(
  db: Db,
  programmeId: string,
  { registrationNumber, serial }: { registrationNumber?: string | undefined; serial?: string | undefined },
): Promise<Linkable> {
  const person =
    registrationNumber === undefined
      ? undefined
      : await db.first<{
          id: string;
        }>(sql`select b.id from beneficiaries b join enrolments e on e.beneficiary_id = b.id and e.programme_id = ${programmeId}
          where b.registration_number = ${registrationNumber} and b.erased_at is null`);
  const voucher =
    serial === undefined
      ? undefined
      : await db.first<{ id: string; payoutId: string | null }>(sql`select v.id,
            (select p.id from payouts p where p.voucher_id = v.id order by p.voided_at is not null, p.paid_at desc limit 1) as "payoutId"
          from vouchers v where v.serial = ${serial} and v.programme_id = ${programmeId}`);
  return { beneficiaryId: person?.id, voucher };
}
