import { type Ground, type Job, type Mailer, Problem, type RateLimits } from '../platform/index.ts';
import { noteRefusedMail } from './commands/mail.ts';
import { prepareReset } from './commands/passwords.ts';
import { findOpenLinkById } from './link-store.ts';
import { linkAddress } from './links.ts';
import { linkText, noticeText } from './mail-texts.ts';
import type { Notice } from './notices.ts';
import { rates } from './rules.ts';
import { credentialsById } from './store.ts';
import { system } from './system.ts';

/** What the mail of accounts needs. */
export interface Post {
  readonly mailer: Mailer;
  readonly limits: RateLimits;
  /** Where people reach the console. */
  readonly publicUrl: string;
}

/** The background work of accounts: what people are sent about theirs. */
export function accessJobs({ db, execute, keyRing, clock }: Ground, { mailer, limits, publicUrl }: Post): Job[] {
  async function send(
    userId: string,
    reference: string,
    write: (to: { language: 'ar' | 'fr' | 'en' }) => { subject: string; text: string },
  ) {
    const user = await credentialsById(db, userId);
    if (!user || user.disabledAt) return;
    const taken = await mailer.send({ to: user.email, reference, ...write(user) });
    if (!taken) await execute(noteRefusedMail, { userId }, { actor: system });
  }
  return [
    {
      name: 'access.send_link',
      async run({ linkId = '' }) {
        // What is used, revoked or too old by now is not sent, so that trying again comes to an end.
        const link = await findOpenLinkById(db, linkId, clock.now());
        if (!link) return;
        await send(link.userId, link.id, ({ language }) => linkText(language, link, linkAddress(publicUrl, keyRing, link)));
      },
    },
    {
      name: 'access.send_notice',
      async run({ userId = '', notice = '', id = '' }) {
        await send(userId, id, ({ language }) => noticeText(language, notice as Notice));
      },
    },
    {
      name: 'access.prepare_reset',
      async run({ userId = '' }) {
        // Whoever asks too often for somebody is not told so: it would tell that there is such a person.
        if (await isAllowed(limits, userId)) await execute(prepareReset, { userId }, { actor: system });
      },
    },
  ];
}

async function isAllowed(limits: RateLimits, userId: string): Promise<boolean> {
  try {
    await limits.take(rates.resetsOfAccount, userId);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'too_many_requests') return false;
    throw error;
  }
}
