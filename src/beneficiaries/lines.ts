import { type KeyRing, type Sql, sql } from '../platform/index.ts';
import { openPerson, type SealedPerson } from './sealing.ts';
import type { EnrolmentState, Names, Relationship, Sex } from './types.ts';

/** What a list shows of a person. One who was erased has no names any more. */
export interface BeneficiaryLine {
  readonly id: string;
  readonly registrationNumber: string;
  readonly state: EnrolmentState;
  readonly names: Names | null;
  readonly sex: Sex;
  readonly relationship: Relationship;
  readonly householdReference: string;
  readonly wilayaNumber: string;
  readonly commune: string;
  readonly registeredAt: string;
}

/** The same as the tables hold it, sealed. */
export type SealedLine = Omit<BeneficiaryLine, 'names' | 'registeredAt'> &
  Pick<SealedPerson, 'data_key' | 'names'> & { readonly registeredAt: Date };

/** The columns of a line, from {@link lineTables}. */
export const lineColumns: Sql = sql`b.id, b.registration_number as "registrationNumber", e.state, b.data_key, b.names, b.sex, b.relationship,
  h.reference as "householdReference", b.wilaya_number as "wilayaNumber", b.commune, b.registered_at as "registeredAt"`;

/** Where lines come from: an enrolment `e`, its beneficiary `b` and their household `h`. */
export const lineTables: Sql = sql`enrolments e join beneficiaries b on b.id = e.beneficiary_id join households h on h.id = b.household_id and h.programme_id = e.programme_id`;

/** Opens the names of a line, and nothing else. */
export const openLine = (keyRing: KeyRing, { data_key, names, registeredAt, ...line }: SealedLine): BeneficiaryLine => ({
  ...line,
  names: openPerson(keyRing, line.id, { data_key, names }, ['names'])?.names ?? null,
  registeredAt: registeredAt.toISOString(),
});
