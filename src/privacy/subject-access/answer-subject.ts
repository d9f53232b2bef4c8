import { allRecordsOf, beneficiaryScope, countExport, type ExportLimits, type Language, ownRecords } from '../../beneficiaries/index.ts';
import { ownInterviews } from '../../monitoring/index.ts';
import { type Command, command, type Db, problem } from '../../platform/index.ts';
import { attendanceOf, confirmationsOf, emergenciesOf, tranchesOf } from './assistance-store.ts';
import { looksOf } from './looks.ts';
import { assessmentSections, feedbackSection, sealedSections } from './own-sections.ts';
import {
  duplicatesOf,
  entitlementsOf,
  erasuresOf,
  householdOf,
  messagesOf,
  originOf,
  paymentsOf,
  payoutsOf,
  voucherChangesOf,
  vouchersOf,
} from './store.ts';
import type { Cell, Item, Section, SubjectFile } from './types.ts';

const plainSections = {
  origin: originOf,
  household: householdOf,
  entitlements: entitlementsOf,
  tranches: tranchesOf,
  confirmations: confirmationsOf,
  emergencies: emergenciesOf,
  attendance: attendanceOf,
  payments: paymentsOf,
  vouchers: vouchersOf,
  voucherChanges: voucherChangesOf,
  payouts: payoutsOf,
  messages: messagesOf,
  interviews: ownInterviews,
  duplicates: duplicatesOf,
  erasures: erasuresOf,
  looks: looksOf,
} as const;

interface Request {
  readonly beneficiaryId: string;
  readonly language: Language;
  /** How the person asked: the number of a letter, say. It names nobody. */
  readonly reason: string;
}

/**
 * Gathers everything that is held of one person, on all their records, and nothing of anybody else. It is answered to whoever handles the
 * person's request, who hands it over; the trail keeps that it was. It is counted, as an export is.
 * @throws not_found; too_many_requests beyond what one user may tell in a day
 */
export const answerSubject = (limits: ExportLimits): Command<Request, SubjectFile> =>
  command({
    name: 'privacy.answer_subject',
    scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
    async run({ tx, actor, keyRing, now }, { beneficiaryId, language, reason }) {
      const ids = await allRecordsOf(tx, beneficiaryId);
      const records = await ownRecords(tx, keyRing, ids);
      const [first] = records;
      if (!first) throw problem.not_found('There is no such record.');
      const { programmeId, registrationNumber } = first.row;
      const subject = { type: 'beneficiary', id: beneficiaryId };
      const said = `subject_request: ${reason}`;
      const refusal = await countExport(tx, now, { actor, people: 1, programmeId, kind: 'subject_file' }, limits);
      if (refusal) return { result: undefined as never, subject, reason: said, refusal };
      const sections = [
        ...sealedSections(records),
        ...(await plain(tx, ids)),
        await feedbackSection(tx, keyRing, ids),
        ...(await assessmentSections(tx, keyRing, ids, language)),
      ];
      const result = { programmeId, registrationNumber, preparedAt: now.toISOString(), language, sections };
      return {
        result,
        subject,
        after: { records: ids, sections: sections.map(({ name, items }) => [name, items.length]) },
        reason: said,
      };
    },
  });

async function plain(db: Db, ids: readonly string[]): Promise<Section[]> {
  const sections: Section[] = [];
  for (const [name, read] of Object.entries(plainSections)) sections.push({ name, items: (await read(db, ids)).map(written) });
  return sections;
}

/** Times as RFC 3339. */
const written = (item: Item): Item =>
  Object.fromEntries(
    Object.entries(item as Readonly<Record<string, unknown>>).map(([name, value]) => [
      name,
      (value instanceof Date ? value.toISOString() : value) as Cell,
    ]),
  );
