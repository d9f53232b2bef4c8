import { randomBytes } from 'node:crypto';
import { signerOf } from '../../src/audit/heads/note.ts';
import { sealBatch } from '../../src/audit/seal.ts';
import { applicationRole, Database, systemClock } from '../../src/platform/index.ts';
import { awaitErrand, type Order, told } from './ground.ts';

// A process that seals what there is and is killed in the middle of it.

const { databaseUrl } = told<Pick<Order, 'databaseUrl'>>();
const database = new Database({ url: databaseUrl, role: applicationRole, poolSize: 2 });
const sealer = { database, clock: systemClock, signer: signerOf('test', randomBytes(32)), sending: 'audit.send_head' };

awaitErrand(async () => {
  // Transactions elsewhere on the server may hold events back for a while.
  for (let sealed = 0; sealed === 0; ) {
    const turn = await sealBatch(sealer, 10_000);
    if (typeof turn === 'string') throw new Error(turn);
    sealed = turn.sealed;
  }
});
