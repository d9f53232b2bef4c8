import { createHash } from 'node:crypto';
import { type Db, sql, type Tx } from '../../../platform/index.ts';

/** The order to the bank, letter for letter. */
export interface PaymentOrder {
  readonly termsVersion: number;
  /** ISO date: the day from which the bank pays. */
  readonly executeOn: string;
  readonly content: string;
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
}

export const findOrder = (db: Db, settlementId: string): Promise<PaymentOrder | undefined> =>
  db.first(sql`select terms_version as "termsVersion", execute_on as "executeOn", content, digest from settlement_files
    where settlement_id = ${settlementId}`);

export const insertOrder = (
  tx: Tx,
  { settlementId, programmeId, at }: { settlementId: string; programmeId: string; at: Date },
  { termsVersion, executeOn, content }: Omit<PaymentOrder, 'digest'>,
): Promise<number> =>
  tx.run(sql`insert into settlement_files (settlement_id, programme_id, terms_version, execute_on, content, digest, written_at)
    values (${settlementId}, ${programmeId}, ${termsVersion}, ${executeOn}, ${content}, ${createHash('sha256').update(content).digest('hex')}, ${at})`);
