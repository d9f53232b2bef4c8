import { authoriseRead } from '../../access/index.ts';
import { openIdentity, openPeople } from '../../beneficiaries/index.ts';
import { say } from '../../cashout/index.ts';
import type { Ground } from '../../platform/index.ts';
import { type Actor, problem } from '../../platform/index.ts';
import { handoverProblem } from '../problems.ts';
import { advanceById, scopeOfAdvance } from '../store.ts';
import { alternatesOf, stopsOf } from './store.ts';
import type { RoundSheet } from './types.ts';

/**
 * Whom an officer visits, where, and with how much; never with a code. The officer sees it while the cash is out.
 * @throws not_found when there is no such advance within the actor's scope; advance_not_out to an officer who has no cash to carry
 */
export async function readRoundSheet({ db, keyRing, clock }: Ground, actor: Actor, advanceId: string): Promise<RoundSheet> {
  authoriseRead(actor, 'handovers.read_round_sheet');
  const now = clock.now();
  const scope = await scopeOfAdvance(db, advanceId);
  const advance = await advanceById(db, now, advanceId);
  const { officerId, state, programmeId, round, visitOn, amount } = advance;
  authoriseRead(actor, 'handovers.read_round_sheet', scope, officerId);
  if (actor.id === officerId && state !== 'handed') throw handoverProblem.advance_not_out(say('advance_not_out'), { state });
  const stops = await stopsOf(db, now, advanceId);
  const ids = [...new Set(stops.flatMap(({ beneficiaryId, collectorId }) => [beneficiaryId, collectorId]))];
  const people = await openPeople(db, keyRing, ids, ['names']);
  const namesOf = (id: string) => {
    if (!people.has(id)) throw problem.not_found('There is no such record.');
    return people.get(id)?.names ?? null;
  };
  const alternates = await alternatesOf(
    db,
    now,
    programmeId,
    stops.map(({ householdId }) => householdId),
  );
  return {
    advanceId,
    programmeId,
    officerId,
    round,
    visitOn,
    amount,
    preparedAt: now.toISOString(),
    stops: stops.map(({ wilayaFr, wilayaAr, householdId, ...stop }) => ({
      ...stop,
      wilaya: { ar: wilayaAr, fr: wilayaFr },
      collector: namesOf(stop.collectorId),
      beneficiary: namesOf(stop.beneficiaryId),
      alternates: alternates
        .filter((one) => one.householdId === householdId)
        .map(({ id, identity }) => ({ collectorId: id, names: openIdentity(keyRing, householdId, id, identity).names })),
    })),
  };
}
