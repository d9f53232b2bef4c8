import { type CommandContext, canonicalJson, type KeyRing, problem, sql, type Tx } from '../platform/index.ts';
import { asTrusted } from './phones/trusted.ts';
import { noteColumn, openPerson, type PersonalField, personalFields, resealPerson, sealNote } from './sealing.ts';
import { type BeneficiaryRow, lockBeneficiary } from './store.ts';
import type { Language, Personal, Relationship, Sex } from './types.ts';
import { say } from './words.ts';

/** Everything of a person that can be changed, as the history shows it. */
export interface Particulars extends Personal {
  readonly sex: Sex;
  readonly relationship: Relationship;
  readonly language: Language;
  readonly wilaya: string;
  readonly commune: string;
  /** Its reference. */
  readonly household: string;
}

export type ChangedField = keyof Particulars;

/** A person who is about to be changed, and what they were before. */
export interface Changeable {
  readonly row: BeneficiaryRow & { readonly data_key: Buffer };
  readonly before: Particulars;
}

/**
 * Opens a person for a change; nobody else changes them meanwhile.
 * @throws not_found; conflict when the record was merged into another, or erased
 */
export async function lockPerson(tx: Tx, keyRing: KeyRing, id: string): Promise<Changeable> {
  const row = await lockBeneficiary(tx, id);
  if (!row) throw problem.not_found('There is no such record.');
  if (row.mergedInto) throw problem.conflict(say('person_merged'), { mergedInto: row.mergedInto });
  const person = changeable(keyRing, row);
  if (!person) throw problem.conflict(say('person_erased'));
  return person;
}

/** A person opened for a change; undefined when the record was merged or erased. @param row of a person who has been locked */
export function changeable(keyRing: KeyRing, row: BeneficiaryRow): Changeable | undefined {
  const { data_key, sex, relationship, language, wilayaNumber, commune, household } = row;
  const personal = openPerson(keyRing, row.id, row, personalFields);
  if (!data_key || !personal || row.mergedInto) return undefined;
  return {
    row: { ...row, data_key },
    before: { ...personal, sex, relationship, language, wilaya: wilayaNumber, commune, household: household.reference },
  };
}

/** The fields in which two versions of a person differ. */
export const changedFields = (before: Particulars, after: Particulars): ChangedField[] =>
  ([...new Set([...Object.keys(before), ...Object.keys(after)])] as ChangedField[])
    .filter((field) => canonicalJson(before[field]) !== canonicalJson(after[field]))
    .sort();

/** Where a change is sealed to. */
export const changePlace = (version: number | string): string => `beneficiary_changes/${version}`;
export const changes = noteColumn('beneficiary_changes', 'change', ['version'], ({ version }) => changePlace(version));

/**
 * Writes what a person has become, as their next version, and keeps what was before. Nothing is written when nothing differs.
 * @param householdId where they live now
 * @returns the fields that changed
 */
export async function writeChange(
  context: CommandContext,
  { row, before }: Changeable,
  after: Particulars,
  householdId: string,
  reason: string,
): Promise<ChangedField[]> {
  const { tx, keyRing, actor, now } = context;
  const { id, data_key } = row;
  const fields = changedFields(before, after);
  if (fields.length === 0) return fields;
  const version = row.version + 1;
  const resealed = fields.filter((field): field is PersonalField => (personalFields as readonly string[]).includes(field));
  const trusted = fields.includes('phones') ? await asTrusted(context, id, after.phones) : {};
  const sealed = { ...row, ...resealPerson(keyRing, id, data_key, resealed, after), ...trusted };
  const change = Object.fromEntries(fields.map((field) => [field, { before: before[field] ?? null, after: after[field] ?? null }]));
  await tx.run(sql`update beneficiaries set names = ${sealed.names}, birth = ${sealed.birth}, nationality = ${sealed.nationality},
      documents = ${sealed.documents}, attestation = ${sealed.attestation}, phones = ${sealed.phones}, answers = ${sealed.answers},
      sex = ${after.sex}, relationship = ${after.relationship}, language = ${after.language}, wilaya_number = ${after.wilaya},
      commune = ${after.commune}, household_id = ${householdId}, version = ${version}
    where id = ${id}`);
  await tx.insert('beneficiary_changes', [
    {
      beneficiary_id: id,
      version,
      fields,
      change: sealNote(keyRing, id, data_key, changePlace(version), change),
      reason,
      changed_by: actor.id,
      changed_at: now,
    },
  ]);
  return fields;
}
