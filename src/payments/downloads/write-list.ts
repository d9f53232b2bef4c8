import { createHash } from 'node:crypto';
import type { ListExport, WriteList } from '../../beneficiaries/index.ts';
import { type Ground, writeTable } from '../../platform/index.ts';
import { columnOf, isListField } from './columns.ts';
import { type OpenLine, openLines } from './lines.ts';
import type { CashPayment, PaymentBatch } from './pain001/message.ts';
import { writePain001 } from './pain001/write.ts';
import { totalsToPay } from './store.ts';

type Reading = Parameters<WriteList>[2];

/** The file of a payment list, for a partner who pays from it: a table, or a message of ISO 20022. */
export const writeListFile: WriteList = (ground, asked, reading) =>
  asked.format === 'pain001' ? message(ground, asked, reading) : table(ground, asked, asked.format, reading);

function table(ground: Ground, asked: ListExport, kind: 'csv' | 'xlsx', reading: Reading): AsyncIterable<Buffer> {
  const columns = asked.fields.filter(isListField).map(columnOf);
  async function* rows(): AsyncGenerator<string[], void> {
    yield columns.map(({ header }) => header[asked.language]);
    for await (const line of openLines(ground, { listId: asked.listId, fundId: null }, reading))
      yield columns.map((column) => column.cell(line));
  }
  return writeTable({ kind }, rows(), { rightToLeft: asked.language === 'ar' });
}

/** Identifiers are 36 characters, one more than the fields of the message hold. */
const short = (id: string): string => id.replaceAll('-', '');

/** A fund's batch is the same in every message of its list, and another in every other list: banks refuse a number that they have seen. */
const batchId = (listId: string, fundId: string): string => createHash('sha256').update(`${listId}/${fundId}`).digest('hex').slice(0, 32);

/** A list has one message, however often it is written: whoever took the first refuses the second by its number. */
async function* message(ground: Ground, { listId, instruction }: ListExport, reading: Reading): AsyncGenerator<Buffer, void> {
  if (!instruction) throw new Error('a message needs an instruction');
  const batches = (await totalsToPay(ground.db, listId)).map(
    ({ fundId, count, sum }): PaymentBatch => ({
      id: batchId(listId, fundId),
      count,
      sum,
      payments: { cash: payments(openLines(ground, { listId, fundId }, reading)) },
    }),
  );
  yield* writePain001({ id: short(listId), createdAt: ground.clock.now(), ...instruction, batches });
}

async function* payments(lines: AsyncIterable<OpenLine>): AsyncGenerator<CashPayment, void> {
  for await (const { id, serial, amount, registrationNumber, subdivision, commune, collector } of lines) {
    const creditor = { name: collector.name, registrationNumber, town: commune, subdivision };
    yield { instructionId: short(id), endToEndId: serial, amount, creditor };
  }
}
