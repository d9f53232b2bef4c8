import type { KeyRing } from '../platform/index.ts';
import { documentDiffers, documentOfAlternate, documentsOfCollector } from './documents.ts';
import { refused } from './problems.ts';
import type { CounterCandidate } from './store/candidates.ts';
import type { NewPayout } from './store/paying.ts';

/**
 * Who came for the cash, and whether what they showed is known of them.
 * @param collectorId of who is said to have come; left out, the collector
 * @param paidOn the day in the programme's time zone
 * @throws not_a_collector for somebody who may not come in the collector's place on that day
 */
export function whoCollects(
  keyRing: KeyRing,
  voucher: CounterCandidate,
  { collectorId, documentLastFour }: { readonly collectorId?: string | undefined; readonly documentLastFour: string },
  paidOn: string,
): Required<Pick<NewPayout, 'alternateId' | 'documentDiffers'>> {
  if (collectorId === undefined || collectorId === voucher.collectorId)
    return { alternateId: null, documentDiffers: documentDiffers(documentsOfCollector(keyRing, voucher), documentLastFour) };
  const document = documentOfAlternate(keyRing, collectorId, voucher, paidOn);
  if (!document) throw refused('not_a_collector');
  return { alternateId: collectorId, documentDiffers: documentDiffers([document], documentLastFour) };
}
