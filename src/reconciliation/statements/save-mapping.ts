import { command, isCurrency, problem, type ShownPlace } from '../../platform/index.ts';
import { programmeById } from '../../programmes/index.ts';
import { plain } from '../table-words.ts';
import { officeIn } from './formats/table/cells.ts';
import type { TableMapping } from './formats/table/mapping.ts';
import { insertMapping, type SavedMapping } from './mapping-store.ts';

export interface NewMapping {
  readonly programmeId: string;
  readonly name: string;
  readonly definition: TableMapping;
}

/** Saves how the tables of one post or bank are read, as the next version of its name. @throws unprocessable when it contradicts itself */
export const saveMapping = command<NewMapping, SavedMapping>({
  name: 'reconciliation.save_mapping',
  async scope(db, { programmeId }) {
    await programmeById(db, programmeId);
    return { programme: programmeId };
  },
  async run({ tx, actor, now }, input) {
    const faults = mappingFaults(input.definition);
    if (faults.length > 0) throw problem.unprocessable('The mapping contradicts itself.', {}, faults);
    const saved = await insertMapping(tx, { ...input, by: actor.id, at: now });
    return { result: saved, subject: { type: 'statement_mapping', id: saved.id }, after: saved };
  },
});

function mappingFaults(mapping: TableMapping): ShownPlace[] {
  const { columns = {}, currency, office, decimalMark, thousandsMark, signs } = mapping;
  const faults: ShownPlace[] = [];
  const fault = (pointer: string, detail: string) => faults.push({ pointer: `/definition/${pointer}`, detail });
  if (currency !== undefined && !isCurrency(currency)) fault('currency', 'Use an ISO 4217 code, such as DZD.');
  if (decimalMark !== undefined && decimalMark === thousandsMark) fault('thousandsMark', 'It is the decimal mark already.');
  if (decimalMark === undefined && (thousandsMark === ',' || thousandsMark === '.'))
    fault('decimalMark', 'Say which mark stands before decimals.');
  if (signs === 'debit_credit' && columns.amount !== undefined)
    fault('columns/amount', 'Amounts stand in the columns of debit and credit.');
  const lists = ['paymentMarks', 'reversalMarks', 'feeMarks', 'depositMarks', 'debitMarks', 'creditMarks'] as const;
  const words = lists.flatMap((list) => [...new Set((mapping[list] ?? []).map(plain))].map((word) => ({ list, word })));
  for (const { list } of words.filter(({ word }, i) => words.findIndex((other) => other.word === word) < i))
    fault(list, 'One of its words means something else already.');
  if (office !== undefined && officeIn(office) === undefined) fault('office', 'The code of an office, such as 16000, or its name.');
  // What the post calls an operation may be the serial of its voucher.
  const { reference, ...others } = columns;
  const names = Object.values(reference === columns.serial ? others : columns);
  if (new Set(names).size < names.length) fault('columns', 'Two fields name the same column.');
  return faults;
}
