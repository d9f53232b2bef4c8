import { openPeople, standingCollectors } from '../../beneficiaries/index.ts';
import { type CommandContext, command, dateIn, Money, newId } from '../../platform/index.ts';
import { documentsOfCollector } from '../documents.ts';
import { refused } from '../problems.ts';
import type { CounterCandidate } from '../store/candidates.ts';
import { insertLookUp, type Outlook, outlookFor } from '../store/look-ups.ts';
import { whoCame } from '../store/payouts.ts';
import type { LookUp, LookUpRequest, Warning } from '../types.ts';
import { recognise, refuse } from './recognising.ts';

/** How long before its end a voucher is said to expire soon, in milliseconds. */
const SOON = 24 * 3_600_000;

/** What an agent is shown, with its warnings by name. */
export type FoundVoucher = Omit<LookUp, 'warnings'> & { readonly warnings: readonly Warning[] };

/**
 * Shows an agent who knows a voucher's code whom to call, and how much it is; nobody else. For ten minutes the agent may then pay it.
 * @throws as {@link recognise}; payout_over_limit, limit_reached, till_required, till_short and safe_short as far as can be told before paying
 */
export const lookUp = command<LookUpRequest, FoundVoucher>({
  name: 'cashout.look_up',
  scope: (_db, { officeId }) => ({ office: officeId }),
  async run(context, told) {
    const found = await recognise(context, told);
    if ('wrong' in found) return found.wrong;
    const { voucher } = found;
    const { tx, actor, now } = context;
    const { officeId } = told;
    const outlook = await outlookFor(tx, now, { officeId, agentId: actor.id }, voucher.id);
    refuse(refusalOf(outlook));
    const collectors = await whoMayCollect(context, voucher, outlook.householdId);
    const id = newId();
    const { id: voucherId, counter, programmeId, fundId } = voucher;
    const deviceId = actor.deviceId ?? null;
    const expiresAt = insertLookUp(tx, now, { id, voucherId, counter, agentId: actor.id, officeId, deviceId });
    return {
      result: {
        id,
        expiresAt: expiresAt.toISOString(),
        serial: voucher.serial,
        amount: Money.of(voucher.amount, voucher.currency).toJSON(),
        beneficiaryId: voucher.beneficiaryId,
        collectors,
        warnings: warningsOf(context, voucher, outlook),
      },
      subject: { type: 'voucher', id: voucherId },
      scope: { office: officeId, programme: programmeId, fund: fundId },
      after: { lookUp: id },
    };
  },
});

function refusalOf({ isOverPayout, isOverDay, lacksTill, isTillShort, isSafeShort }: Outlook) {
  if (isOverPayout) return refused('payout_over_limit');
  if (isOverDay) return refused('limit_reached');
  if (lacksTill) return refused('till_required');
  if (isTillShort) return refused('till_short');
  return isSafeShort ? refused('safe_short') : undefined;
}

async function whoMayCollect(
  { tx, keyRing, now }: CommandContext,
  voucher: CounterCandidate,
  householdId: string,
): Promise<LookUp['collectors']> {
  const { collectorId, timeZone } = voucher;
  const [people, alternates] = await Promise.all([
    openPeople(tx, keyRing, [collectorId], ['names']),
    standingCollectors(tx, keyRing, householdId, dateIn(timeZone, now)),
  ]);
  const { as } = whoCame(voucher, null);
  return [
    { collectorId, as, beneficiaryId: collectorId, names: people.get(collectorId)?.names ?? null },
    ...alternates
      .filter(({ mayCollectToday }) => mayCollectToday)
      .map(({ id, names }) => ({ collectorId: id, as: 'alternate' as const, beneficiaryId: null, names })),
  ];
}

function warningsOf({ keyRing, now }: CommandContext, voucher: CounterCandidate, { failedAttempts }: Outlook): Warning[] {
  const { expiresAt } = voucher;
  return [
    documentsOfCollector(keyRing, voucher).length > 0 ? 'check_document' : 'no_document_known',
    ...(failedAttempts > 0 ? (['codes_tried'] as const) : []),
    ...(expiresAt && expiresAt.getTime() - now.getTime() < SOON ? (['expires_soon'] as const) : []),
  ];
}
