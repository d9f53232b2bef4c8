import { command, dateIn, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { admit } from './admit.ts';
import { checkAll } from './checking.ts';
import { placesOf } from './faults.ts';
import { headedHouseholds } from './household-store.ts';
import { openBeneficiary, type ReadBeneficiary } from './queries.ts';
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
    const headed = await headedHouseholds(tx, programmeId, [registration.household.reference]);
    const today = dateIn(programme.timeZone, now);
    const [checked] = await checkAll(tx, [registration], today, (reference) => headed.has(reference));
    if (!checked || 'faults' in checked) {
      throw problem.unprocessable('Correct the places listed in "errors".', {}, placesOf(checked?.faults ?? []));
    }
    const {
      ids: [id = ''],
    } = await admit(context, programmeId, { enteredBy: actor.id, source: 'officer' }, [checked.candidate]);
    const result = await openBeneficiary(tx, keyRing, id);
    return { result, subject: { type: 'beneficiary', id }, after: result.beneficiary };
  },
});
