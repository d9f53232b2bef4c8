import type { ProofMessage } from '../intake/index.ts';
import type { Db } from '../platform/index.ts';
import type { Gateway } from './gateway.ts';
import { answerOf } from './sending.ts';
import { proofText } from './texts/proof-text.ts';

/**
 * Sends the codes by which people prove that a telephone is theirs. Neither number nor code outlives the call.
 * @returns a function that throws when a message has to be sent again
 */
export const proofSender =
  (db: Db, gateway: Gateway) =>
  async ({ to, language, code, reference }: ProofMessage): Promise<void> => {
    const delivery = await answerOf(gateway, { to, text: await proofText(db, language, code), reference });
    if (!delivery || (!delivery.accepted && !delivery.permanent)) throw new Error('a code has to be sent again');
  };
