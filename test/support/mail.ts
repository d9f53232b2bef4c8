import { readFileSync } from 'node:fs';
import { mailOutboxFile } from '../../src/platform/index.ts';
import type { TestPlatform } from './platform.ts';

/** A mail as the outbox keeps it. */
export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly reference: string;
}

/** Everything that was sent to a mailbox, oldest first, once all has been sent. */
export async function mailsTo(platform: TestPlatform, email: string): Promise<SentMail[]> {
  await platform.settled();
  let lines = '';
  try {
    lines = readFileSync(mailOutboxFile(platform.dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const mails = lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SentMail);
  return mails.filter(({ to }) => to === email);
}

/** The secret part of the link in a mail. */
export const tokenIn = (mail: Pick<SentMail, 'text'> | undefined): string => /#(\S+)/.exec(mail?.text ?? '')?.[1] ?? 'none';

/** The secret part of the link that somebody was sent last. */
export async function lastLinkTo(platform: TestPlatform, email: string): Promise<string> {
  return tokenIn((await mailsTo(platform, email)).findLast(({ text }) => text.includes('#')));
}
