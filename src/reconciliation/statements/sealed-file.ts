import { createHash } from 'node:crypto';
import {
  type KeyRing,
  newDataKey,
  openWith,
  type RoomColumns,
  Spool,
  sealWith,
  type UnderDataKey,
  type UnderMaster,
  type Upload,
  unwrapDataKey,
  wrapDataKey,
} from '../../platform/index.ts';

/** Bytes that are sealed together. */
const PIECE_BYTES = 256 * 1024;

const fileKeys = {
  table: 'statements',
  column: 'data_key',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `statement/${id}/data_key`,
  purpose: 'statement-file',
  isDataKey: true,
} as const satisfies UnderMaster;

const place = (statementId: string, number: number | string): string => `statement/${statementId}/chunk/${number}`;

const chunkBytes = {
  table: 'statement_chunks',
  column: 'bytes',
  bound: ['statement_id', 'number'],
  place: ({ statement_id, number }) => place(statement_id ?? '', number ?? ''),
  dataKey: fileKeys,
  holder: 'statement_id',
} as const satisfies UnderDataKey;

/** This room's columns of bytes. */
export const statementColumns: RoomColumns = {
  sealed: [fileKeys, chunkBytes],
  unsealed: {
    'statement_lines.fingerprint': 'digest of a line of a statement, by which it is known when it comes again',
    'statement_lines.booking': 'digest of what a bank booked, by which that is known again where another file has other lines of it',
    'statement_lines.batch': 'the same by the name of a batch of payments',
  },
};

/** A file that has arrived whole and waits on disk, sealed. */
export interface SealedFile {
  /** The identifier that its statement gets. */
  readonly id: string;
  readonly digest: string;
  readonly size: number;
  /** The key that its pieces are sealed under, wrapped. */
  readonly dataKey: Buffer;
  /** Its pieces as they are kept. */
  pieces(): AsyncGenerator<Buffer>;
  /** Its bytes as they came. */
  bytes(): AsyncGenerator<Buffer>;
}

/**
 * Takes an upload to its end, keeps no more of it in memory than a piece, and hands it over.
 * @param folder where it waits, sealed; nothing is left there afterwards
 * @throws too_large and what else the sender did wrong; nothing of the file is kept then
 */
export async function receiving<Result>(
  { bytes }: Upload,
  keyRing: KeyRing,
  folder: string,
  id: string,
  work: (file: SealedFile) => Promise<Result>,
): Promise<Result> {
  const spool = await Spool.in(folder);
  try {
    const key = newDataKey();
    const hash = createHash('sha256');
    let [size, number] = [0, 0];
    for await (const piece of inPieces(bytes)) {
      hash.update(piece);
      size += piece.length;
      await spool.add(sealWith(key, place(id, number), piece.toString('base64')));
      number += 1;
    }
    return await work({
      id,
      digest: hash.digest('hex'),
      size,
      dataKey: wrapDataKey(keyRing, fileKeys.purpose, fileKeys.place({ id }), key),
      pieces: () => spool.pieces(),
      bytes: () => opened(id, key, spool.pieces()),
    });
  } finally {
    await spool.close();
  }
}

/** The bytes of a file that is kept. @param pieces in their order, from the first */
export const keptBytes = (keyRing: KeyRing, id: string, dataKey: Buffer, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> =>
  opened(id, unwrapDataKey(keyRing, fileKeys.purpose, fileKeys.place({ id }), dataKey), pieces);

async function* opened(id: string, key: Buffer, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const piece of pieces) {
    yield Buffer.from(openWith(key, place(id, number), piece), 'base64');
    number += 1;
  }
}

async function* inPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES);
      gathered.push(piece);
      size += piece.length;
      if (size < PIECE_BYTES) continue;
      yield Buffer.concat(gathered);
      [gathered, size] = [[], 0];
    }
  }
  if (size > 0) yield Buffer.concat(gathered);
}
