import { assistanceInStory } from './assistance/index.ts';
import type { RelatedSubjects } from './audit/index.ts';
import { personStory } from './beneficiaries/index.ts';
import { pairsInStory } from './deduplication/index.ts';
import { assessmentsInStory } from './eligibility/index.ts';
import { casesInStory } from './feedback/index.ts';
import { advancesInStory } from './handovers/index.ts';
import { packsInStory } from './offline/index.ts';
import { listStory, listsInStory } from './payments/index.ts';
import type { Db } from './platform/index.ts';
import { reconciliationInStory } from './reconciliation/index.ts';
import { voucherStory, vouchersInStory } from './vouchers/index.ts';

/** Which records belong to the life of one: the trail knows what was done to each, and only the rooms together know what belongs together. */
export const relatedSubjects: RelatedSubjects = async (db, kind, id) => {
  if (kind === 'person') return ofPerson(db, id);
  if (kind === 'payment-list') return ofList(db, id);
  const voucher = await voucherStory(db, id);
  if (!voucher) return undefined;
  const { programmeId, fundId, listId } = voucher;
  const list = await listStory(db, listId);
  return {
    scope: { programme: programmeId, fund: fundId },
    subjectIds: [id, ...(list?.subjectIds ?? []), ...(await aroundVouchers(db, [id]))],
  };
};

async function ofPerson(db: Db, id: string) {
  const person = await personStory(db, id);
  if (!person) return undefined;
  const { programmeId, recordIds, subjectIds } = person;
  const vouchers = await vouchersInStory(db, { recordIds });
  const [pairs, assessments, owed, lists, told, settled] = await Promise.all([
    pairsInStory(db, recordIds),
    assessmentsInStory(db, recordIds),
    assistanceInStory(db, recordIds),
    listsInStory(db, recordIds),
    casesInStory(db, recordIds),
    aroundVouchers(db, vouchers),
  ]);
  return {
    scope: { programme: programmeId },
    subjectIds: [...subjectIds, ...pairs, ...assessments, ...owed, ...lists, ...told, ...vouchers, ...settled],
  };
}

async function ofList(db: Db, id: string) {
  const list = await listStory(db, id);
  if (!list) return undefined;
  const vouchers = await vouchersInStory(db, { listId: id });
  return {
    scope: list.scope,
    subjectIds: [...list.subjectIds, ...vouchers, ...(await aroundVouchers(db, vouchers))],
  };
}

/** What became of vouchers: their pay-outs with what the post said of them, and the advances and packs that they went out with. */
const aroundVouchers = async (db: Db, vouchers: readonly string[]): Promise<string[]> => [
  ...(await reconciliationInStory(db, vouchers)),
  ...(await advancesInStory(db, vouchers)),
  ...(await packsInStory(db, vouchers)),
];
