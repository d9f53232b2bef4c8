import { type CommandContext, canonicalJson } from '../../platform/index.ts';
import { trustedNumbers } from './held-phone.ts';
import { standingHold } from './hold-store.ts';

/**
 * The column of numbers byte for byte as it was, when somebody whose number is held goes back to those that were trusted: by that the database
 * knows that nothing is new. Empty otherwise.
 * @param phones what the numbers become
 */
export async function asTrusted(
  { tx, keyRing, now }: Pick<CommandContext, 'tx' | 'keyRing' | 'now'>,
  beneficiaryId: string,
  phones: readonly string[],
): Promise<{ phones?: Buffer }> {
  const hold = await standingHold(tx, beneficiaryId, now);
  if (!hold?.phonesBefore || canonicalJson(trustedNumbers(keyRing, hold)) !== canonicalJson(phones)) return {};
  return { phones: hold.phonesBefore };
}
