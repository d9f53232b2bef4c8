import { system } from '../access/index.ts';
import type { DuplicateCheck } from '../beneficiaries/index.ts';
import { type Ground, type Job, Problem } from '../platform/index.ts';
import { batchesOf } from './csv.ts';
import { finishFile, takeRows } from './file-commands.ts';
import { openContent } from './file-queries.ts';
import { findFile } from './file-store.ts';

const BATCH_ROWS = 200;

/** The background work of this room: taking the rows of files, each batch in a command of its own. */
export function intakeJobs({ db, execute, keyRing }: Ground, duplicates: DuplicateCheck): Job[] {
  const takeBatch = takeRows(duplicates);
  const asSystem = { actor: system };
  return [
    {
      name: 'intake.take_file',
      async run({ fileId = '' }) {
        const stored = await findFile(db, fileId);
        if (!stored || stored.file.finishedAt) return;
        try {
          for await (const batch of batchesOf(await openContent(db, keyRing, fileId), stored.file.doneRows, BATCH_ROWS)) {
            await execute(takeBatch, { fileId, ...batch }, asSystem);
          }
          await execute(finishFile, { fileId }, asSystem);
        } catch (error) {
          if (!(error instanceof Problem && error.code === 'too_many_duplicates')) throw error;
          await execute(finishFile, { fileId, tooManyDuplicates: Number(error.facts['duplicates']) }, asSystem);
        }
      },
    },
  ];
}
