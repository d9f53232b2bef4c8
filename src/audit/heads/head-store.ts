import { type Db, sql } from '../../platform/index.ts';

/** A signed head as the database holds it. */
export interface StoredHead {
  readonly treeSize: number;
  readonly root: Buffer;
  readonly note: string;
  readonly verifierKey: string;
  readonly signedAt: Date;
}

type Row = Omit<StoredHead, 'treeSize'> & { readonly treeSize: string };

const columns = sql`tree_size as "treeSize", root, note, verifier_key as "verifierKey", signed_at as "signedAt"`;
const headOf = (row: Row): StoredHead => ({ ...row, treeSize: Number(row.treeSize) });

/** The head of a tree of exactly this size. */
export const headAt = (db: Db, size: number): Promise<StoredHead | undefined> =>
  db.first<Row>(sql`select ${columns} from audit_heads where tree_size = ${size}`).then((row) => row && headOf(row));

/** The newest head, which covers every leaf that is there. */
export const newestHead = (db: Db): Promise<StoredHead | undefined> =>
  db.first<Row>(sql`select ${columns} from audit_heads order by tree_size desc limit 1`).then((row) => row && headOf(row));

export const newestHeadSize = (db: Db): Promise<number | undefined> => newestHead(db).then((head) => head?.treeSize);

/** Heads of trees larger than this, the smallest first. */
export const headsAfter = async (db: Db, size: number, limit: number): Promise<StoredHead[]> =>
  (await db.all<Row>(sql`select ${columns} from audit_heads where tree_size > ${size} order by tree_size limit ${limit}`)).map(headOf);

/** Heads of trees smaller than this, the largest first. */
export const headsBefore = async (db: Db, size: number | undefined, limit: number): Promise<StoredHead[]> =>
  (
    await db.all<Row>(sql`select ${columns} from audit_heads where ${size ?? null}::bigint is null or tree_size < ${size ?? null}::bigint
      order by tree_size desc limit ${limit}`)
  ).map(headOf);

/** The public keys that heads were signed under, the newest first. */
export const keysUsed = (db: Db): Promise<{ verifierKey: string; firstUsedAt: Date }[]> =>
  db.all(
    sql`select verifier_key as "verifierKey", first_used_at as "firstUsedAt" from audit_keys order by first_used_at desc, verifier_key`,
  );
