import type { ProofMessage } from '../intake/index.ts';
import type { Db } from '../platform/index.ts';
import type { Engine } from './sending/engine.ts';
import { proofText } from './texts/proof-text.ts';

/**
 * Sends the codes by which people prove that a telephone is theirs. Neither number nor code outlives the call.
 * @returns a function that throws when a message has to be sent again
 */
export const proofSender =
  (db: Db, engine: Engine) =>
  async ({ to, language, code, reference }: ProofMessage): Promise<void> =>
    engine.sendNow({ to, text: await proofText(db, language, code), reference });
