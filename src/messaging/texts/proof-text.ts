import type { Db } from '../../platform/index.ts';
import { defaults } from './defaults.ts';
import { render } from './render.ts';
import { presentText } from './template-store.ts';
import type { Language } from './types.ts';

/** The text that carries the code by which somebody proves that a telephone is theirs. */
export const proofText = async (db: Db, language: Language, code: string): Promise<string> =>
  render((await presentText(db, { programmeId: null, kind: 'proof', language })).text ?? defaults.proof[language], { code });
