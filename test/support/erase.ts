import { system } from '../../src/access/index.ts';
import { eraseAgain } from '../../src/privacy/erasure-commands.ts';
import type { TestPlatform } from './platform.ts';

/** Erases people, as after a backup was restored: nobody has to ask and confirm. */
export async function eraseAtOnce({ app }: TestPlatform, ...records: string[]): Promise<void> {
  await app.execute(eraseAgain, { records, ground: 'mistake' }, { actor: system });
}
