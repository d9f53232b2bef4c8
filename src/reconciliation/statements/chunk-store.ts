import { type Db, sql, type Tx } from '../../platform/index.ts';

/** Keeps the bytes of a file that is to be read later, sealed as they are. */
export async function keepChunks(tx: Tx, statementId: string, dataKey: Buffer, pieces: AsyncIterable<Buffer>): Promise<void> {
  await tx.run(sql`update statements set data_key = ${dataKey} where id = ${statementId}`);
  let number = 0;
  for await (const piece of pieces) {
    await tx.run(sql`insert into statement_chunks (statement_id, number, bytes) values (${statementId}, ${number}, ${piece})`);
    number += 1;
  }
}

/** The pieces of a file in their order, one at a time. */
export async function* chunksOf(db: Db, statementId: string): AsyncGenerator<Buffer> {
  for (let number = 0; ; number += 1) {
    const row = await db.first<{ bytes: Buffer }>(
      sql`select bytes from statement_chunks where statement_id = ${statementId} and number = ${number}`,
    );
    if (!row) return;
    yield row.bytes;
  }
}

/** Lets go of a file that has been read. */
export const forgetChunks = (tx: Tx, statementId: string): Promise<number> =>
  tx.run(sql`delete from statement_chunks where statement_id = ${statementId}`);
