import { command, dateIn, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { admit } from './admit.ts';
import { placesOf } from './faults.ts';
import { findPlaces, placeFaults } from './places.ts';
import { openBeneficiary, type ReadBeneficiary } from './queries.ts';
import { faultsOf, gapsOf, normalised } from './rules.ts';
import type { Registration } from './types.ts';

/**
 * Enters one person from an officer's form, as an applicant until they have been compared.
 * @throws unprocessable naming every fault; not_found without such a programme
 */
export const registerBeneficiary = command<{ programmeId: string; registration: Registration }, ReadBeneficiary>({
  name: 'beneficiaries.register',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run(context, { programmeId, registration }) {
    const { tx, actor, now, keyRing } = context;
    const { programme } = await programmeById(tx, programmeId);
    const place = (await findPlaces(tx, [registration]))(registration);
    const { wilayaNumber, commune } = place;
    const faults = [...faultsOf(registration, dateIn(programme.timeZone, now)), ...gapsOf(registration), ...placeFaults(place)];
    if (faults.length > 0 || !wilayaNumber || !commune) {
      throw problem.unprocessable('Correct the places listed in "errors".', {}, placesOf(faults));
    }
    const {
      ids: [id = ''],
    } = await admit(context, programmeId, { enteredBy: actor.id, source: 'officer' }, [
      { registration: normalised(registration), place: { wilayaNumber, commune } },
    ]);
    const result = await openBeneficiary(tx, keyRing, id);
    return { result, subject: { type: 'beneficiary', id }, after: result.beneficiary };
  },
});
