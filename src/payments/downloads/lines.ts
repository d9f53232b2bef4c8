import { type IdentityDocument, type Names, openPerson } from '../../beneficiaries/index.ts';
import { type Ground, Money } from '../../platform/index.ts';
import { linesToPay, type SealedPayment } from './store.ts';

/** A line with what a partner has to know of who collects. */
export interface OpenLine extends Omit<SealedPayment, 'amount' | 'currency' | 'data_key' | 'names' | 'documents' | 'phones'> {
  readonly amount: Money;
  readonly collector: { readonly name: string; readonly document: IdentityDocument | undefined; readonly phone: string | undefined };
}

/** So many lines are read and opened at a time. */
const BATCH = 250;

/**
 * The lines of a released list that are still to be paid, read as they are taken.
 * @param fundId of one fund; null is of all
 * @param reading is told who is about to be shown, and is waited for before a line of theirs leaves
 */
export async function* openLines(
  { db, keyRing }: Pick<Ground, 'db' | 'keyRing'>,
  { listId, fundId }: { readonly listId: string; readonly fundId: string | null },
  reading: (beneficiaryIds: readonly string[]) => Promise<void>,
): AsyncGenerator<OpenLine, void> {
  for (let after = 0; ; ) {
    const rows = await linesToPay(db, listId, fundId, after, BATCH);
    const last = rows.at(-1);
    if (!last) return;
    await reading([...new Set(rows.flatMap(({ beneficiaryId, collectorId }) => [beneficiaryId, collectorId]))]);
    for (const { amount, currency, data_key, names, documents, phones, ...line } of rows) {
      const person = openPerson(keyRing, line.collectorId, { data_key, names, documents, phones }, ['names', 'documents', 'phones']);
      if (!person) continue;
      const [document] = person.documents;
      yield { ...line, amount: Money.of(amount, currency), collector: { name: nameOf(person.names), document, phone: person.phones[0] } };
    }
    after = last.position;
  }
}

const nameOf = ({ given, middle, family }: Names): string => [given, middle, family].filter(Boolean).join(' ');
