import { system } from '../access/index.ts';
import type { DuplicateCheck } from '../beneficiaries/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import { batchesOf } from './csv.ts';
import { countDuplicates, finishFile, takeRows } from './file-commands.ts';
import { openContent } from './file-queries.ts';
import { findFile } from './file-store.ts';

const BATCH_ROWS = 200;

/** The background work of this room: taking the rows of files, each batch in a command of its own. */
export function intakeJobs({ db, execute, keyRing }: Ground, duplicates: DuplicateCheck): Job[] {
  const asSystem = { actor: system };
  return [
    {
      name: 'intake.take_file',
      async run({ fileId = '' }) {
        const stored = await findFile(db, fileId);
        if (!stored || stored.file.finishedAt) return;
        for await (const batch of batchesOf(await openContent(db, keyRing, fileId), stored.file.doneRows, BATCH_ROWS)) {
          const { ids } = await execute(takeRows, { fileId, ...batch }, asSystem);
          const { held } = await duplicates.compare(ids);
          const { tooMany } = await execute(countDuplicates, { fileId, duplicates: held.size }, asSystem);
          if (tooMany) return void (await execute(finishFile, { fileId, state: 'stopped' }, asSystem));
        }
        await execute(finishFile, { fileId, state: 'done' }, asSystem);
      },
    },
  ];
}
