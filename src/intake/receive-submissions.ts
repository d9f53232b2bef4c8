import { join } from 'node:path';
import { system } from '../access/index.ts';
import type { Ground } from '../platform/index.ts';
import { receiveFile } from './receive-file.ts';
import { staging } from './staging.ts';

const PIECE_BYTES = 64 * 1024;

/** Submissions that the platform fetched itself. */
export interface FetchedSubmissions {
  readonly programmeId: string;
  /** The name of a mapping that was saved. */
  readonly mapping: string | null;
  /** A JSON list of submissions of KoboToolbox. */
  readonly bytes: Buffer;
  /** Who is held to have entered the people. */
  readonly enteredBy: string;
}

/**
 * Takes submissions in as a registration file, which runs at once when every column is known. The same bytes again change nothing.
 * @param dataDir where they wait, sealed, until they are recorded
 * @returns the identifier of the file
 * @throws unprocessable when they cannot be read; not_found when there is no mapping of that name
 */
export const receiveSubmissions =
  ({ execute, keyRing }: Pick<Ground, 'execute' | 'keyRing'>, dataDir: string) =>
  ({ programmeId, mapping, bytes, enteredBy }: FetchedSubmissions): Promise<string> =>
    staging({ contentType: 'application/json', bytes: inPieces(bytes) }, keyRing, join(dataDir, 'uploads'), async (staged) => {
      const reception = { programmeId, content: staged.contentIndex.toString('hex'), start: true, mapping, uploadedBy: enteredBy };
      const { file } = await execute(receiveFile(staged), reception, { actor: system });
      return file.id;
    });

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
