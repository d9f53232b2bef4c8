import type { RequestBody } from '../platform/index.ts';
import type { Fault } from './faults.ts';
import { mergePatch } from './merge-patch.ts';
import type { ChangedField, Particulars } from './person-changes.ts';
import { faultsOf, gapsOf, normalised } from './rules.ts';
import type { Registration } from './types.ts';

/** What an officer changes of a person. */
export type PersonChange = Omit<RequestBody<'changeBeneficiary'>, 'reason'>;

/** A change of any of these makes a person be compared with everybody again. */
const comparedFields: ReadonlySet<ChangedField> = new Set([
  'names',
  'birth',
  'sex',
  'documents',
  'phones',
  'household',
  'wilaya',
  'commune',
]);

export const isCompared = (fields: readonly ChangedField[]): boolean => fields.some((field) => comparedFields.has(field));

/**
 * What a person becomes by a change, as they are kept; the place is still as it was written. Whoever has a document needs nobody to
 * vouch for them any more.
 */
export function applied(before: Particulars, { household, ...change }: PersonChange): Particulars {
  const { attestation, ...after } = normalised(mergePatch(before, { ...change, ...(household ? { household: household.reference } : {}) }));
  const isNeeded = after.documents.length === 0 || change.attestation;
  return { ...after, ...(attestation && isNeeded ? { attestation } : {}) };
}

/**
 * What is wrong with a change, in the fields that it touches alone.
 * @param size of the household that the person is in afterwards; undefined when that is not known
 */
export function changeFaults(change: PersonChange, after: Particulars, size: number | undefined, today: string): Fault[] {
  const { documents, attestation } = after;
  const touched = Object.fromEntries(Object.entries(after).filter(([field]) => field in change)) as Partial<Registration>;
  const isDocumented = 'documents' in change || 'attestation' in change;
  return [
    ...faultsOf(
      {
        ...touched,
        ...(isDocumented ? { documents, ...(attestation ? { attestation } : {}) } : {}),
        ...(change.household ? { household: { reference: after.household, size: size ?? 0 } } : {}),
      } as Partial<Registration>,
      today,
    ),
    ...(isDocumented ? gapsOf({ documents, consents: [], ...(attestation ? { attestation } : {}) }) : []),
  ];
}
