import { passerBy } from '../../access/index.ts';
import { type Candidate, checkAll, placesOf } from '../../beneficiaries/index.ts';
import { command, dateIn, type Ground, networkOf, newId, placesWrong } from '../../platform/index.ts';
import { openProgramme } from '../../programmes/index.ts';
import { newReference, sealContent } from './code.ts';
import type { Door } from './door.ts';
import { ownFault, PROOF_LIFE_MS, rates, registrationOf } from './rules.ts';
import { insertKept } from './store.ts';
import type { OwnParticulars } from './types.ts';

interface Knock {
  readonly address: string;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
}

/**
 * Takes in what somebody writes of themselves. Nobody is looked up, so the answer and the time it takes are the same whoever exists.
 * @throws not_found when the programme takes none; unprocessable naming every fault; too_many_requests
 */
export async function registerOneself(
  { db, execute, clock }: Ground,
  door: Door,
  { programmeCode, ...own }: OwnParticulars & { readonly programmeCode: string },
  { address, ...call }: Knock,
): Promise<{ reference: string }> {
  await door.knock(address);
  const now = clock.now();
  const programme = await openProgramme(db, programmeCode, now);
  const today = dateIn(programme.timeZone, now);
  const [checked] = await checkAll(db, [registrationOf(own, today)], today, { isOwn: true });
  if (!checked || 'faults' in checked) throw placesWrong(placesOf((checked?.faults ?? []).map(ownFault)));
  const { candidate } = checked;
  await door.limits.take(rates.phoneAtAddress, `${candidate.registration.phones[0]}/${networkOf(address)}`);
  await door.limits.take(rates.registrations(door.registrationsPerDay), programme.id);
  return execute(keep, { programmeId: programme.id, candidate }, { ...call, actor: passerBy });
}

/** Keeps it sealed until the telephone has been proved, and has a code sent there. */
const keep = command<{ programmeId: string; candidate: Candidate }, { reference: string }>({
  name: 'intake.register_oneself',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, now, keyRing }, { programmeId, candidate }) {
    const kept = {
      id: newId(),
      programmeId,
      language: candidate.registration.language,
      keyVersion: keyRing.currentVersion,
      expiresAt: new Date(now.getTime() + PROOF_LIFE_MS),
    };
    const content = sealContent(keyRing, kept.id, candidate);
    let reference: string;
    do reference = newReference();
    while (!(await insertKept(tx, { ...kept, content, reference }, now)));
    return {
      result: { reference },
      subject: { type: 'self_registration', id: kept.id },
      after: candidate,
      followUps: [{ job: 'intake.send_proof_code', payload: { registrationId: kept.id, counter: '0' } }],
    };
  },
});
