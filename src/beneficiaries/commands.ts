import { command, dateIn, placesWrong } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { admit, applicantOf } from './admit.ts';
import { checkedWith } from './checking.ts';
import { placesOf } from './faults.ts';
import { standingHouseholds } from './household-store.ts';
import { findPlaces } from './places.ts';
import type { Registration } from './types.ts';

/** What an officer's form says; the language of somebody who was not asked is the programme's. */
type Form = Omit<Registration, 'language'> & { readonly language?: Registration['language'] | undefined };

/**
 * Enters one person from an officer's form, as an applicant until they have been compared.
 * @returns their id
 * @throws unprocessable naming every fault; not_found without such a programme
 */
export const registerBeneficiary = command<{ programmeId: string; registration: Form }, { id: string }>({
  name: 'beneficiaries.register',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, { programmeId, registration: form }) {
    const { tx, actor, now, keyRing } = context;
    const [{ programme }, households, placeOf] = await Promise.all([
      programmeById(tx, programmeId),
      standingHouseholds(tx, programmeId, [form.household.reference]),
      findPlaces(tx, [form]),
    ]);
    const registration = { ...form, language: form.language ?? programme.messages.language };
    const standing = (reference: string) => households.get(reference);
    const [checked] = checkedWith(placeOf, [registration], dateIn(programme.timeZone, now), { standing });
    if (!checked || 'faults' in checked) {
      throw placesWrong(placesOf(checked?.faults ?? []));
    }
    const applicant = applicantOf(keyRing, programmeId, checked.candidate);
    await admit(context, programmeId, { enteredBy: actor.id, source: 'officer' }, [applicant]);
    const { id, registration: entered, place } = applicant;
    return { result: { id }, subject: { type: 'beneficiary', id }, after: { id, ...entered, ...place } };
  },
});
