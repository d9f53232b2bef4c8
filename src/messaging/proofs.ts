import type { ProofMessage } from '../intake/index.ts';
import type { Engine } from './sending/engine.ts';
import { renderProof } from './templates.ts';

/**
 * Sends the codes by which people prove that a telephone is theirs. Neither number nor code outlives the call.
 * @returns a function that throws when a message has to be sent again
 */
export const proofSender =
  (engine: Engine) =>
  ({ to, language, code, reference }: ProofMessage): Promise<void> =>
    engine.sendNow({ to, text: renderProof(language, code), reference });
