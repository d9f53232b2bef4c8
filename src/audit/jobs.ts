import { raiseAlert } from '../access/index.ts';
import type { Clock, Database, Job, Logger } from '../platform/index.ts';
import type { Signer } from './heads/note.ts';
import { publisherTo } from './heads/publish.ts';
import { type Destination, sendHead } from './heads/send.ts';
import { sealBatch } from './seal.ts';

/** Events that become leaves in one transaction: it takes about a second, and holds nobody up. */
const BATCH = 20_000;
const SEND = 'audit.send_head';

export interface AuditJobOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signer: Signer;
  readonly everySeconds: number;
  /** The file outside the database that heads are added to. */
  readonly headsFile: string;
  readonly destination?: Destination | undefined;
}

/** Seals what was committed since, again and again, and takes the heads outside. */
export function auditJobs({ database, clock, logger, signer, everySeconds, headsFile, destination }: AuditJobOptions): Job[] {
  const publish = publisherTo(database.reader, headsFile);
  const sealer = { database, clock, signer, sending: destination && SEND };
  return [
    {
      name: 'audit.seal',
      everySeconds,
      async run(_payload, closing) {
        for (let more = true; more && !closing?.aborted; ) {
          const turn = await sealBatch(sealer, BATCH);
          if (turn === 'damaged') logger.error('the stored tree is not the one that was signed; run "sanad verify"');
          more = typeof turn === 'object' && turn.sealed === BATCH;
        }
        const { stranger } = await publish();
        if (stranger === undefined) return;
        logger.error({ treeSize: stranger }, 'a head outside is not in the database; run "sanad verify"');
        const subject = { type: 'audit_head', id: String(stranger) };
        await database.transaction((tx) =>
          raiseAlert(tx, clock.now(), { kind: 'audit.trail_forked', subject, facts: { treeSize: stranger } }),
        );
      },
    },
    ...(destination ? [{ name: SEND, run: ({ treeSize = '' }) => sendHead(database.reader, destination, Number(treeSize)) }] : []),
  ];
}
