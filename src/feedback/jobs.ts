import { system } from '../access/index.ts';
import type { Ground, Job, Mailer } from '../platform/index.ts';
import { findCase } from './case-store.ts';
import { escalate } from './commands/escalate.ts';
import { messageOf, noteTold } from './commands/tell.ts';
import { hasOverdue, recipientsOf } from './escalation-store.ts';
import { sealOf } from './sealing.ts';
import { findTelling } from './telling-store.ts';
import type { FeedbackLanguage, SendText } from './types.ts';

/** What whoever sent a message is answered. It says nothing of who we are. */
const confirmations: Readonly<Record<FeedbackLanguage, (reference: string) => string>> = {
  ar: (reference) => `وصلت رسالتك. رقمها ${reference}. سنجيبك.`,
  fr: (reference) => `Votre message est bien arrivé. Numéro ${reference}. Nous vous répondrons.`,
  en: (reference) => `Your message has arrived. Number ${reference}. We will answer you.`,
};

/** What colleagues are told of a case that waits: its number, and nothing of what is in it. */
const mails: Readonly<Record<FeedbackLanguage, (reference: string, at: string) => { subject: string; text: string }>> = {
  ar: (reference, at) => ({ subject: 'ملف ينتظر', text: `الملف رقم ${reference} ينتظر منذ وقت أطول مما ينبغي.\n${at}\n` }),
  fr: (reference, at) => ({ subject: 'Un dossier attend', text: `Le dossier ${reference} attend depuis trop longtemps.\n${at}\n` }),
  en: (reference, at) => ({ subject: 'A case is waiting', text: `Case ${reference} has been waiting for too long.\n${at}\n` }),
};

/** Later than this nobody waits for it any more. */
const CONFIRMED_WITHIN_MS = 86_400_000;

/** The background work of this room: telling people, and telling those responsible of what takes too long. */
export const feedbackJobs = (
  { db, execute, clock, keyRing }: Ground,
  sendText: SendText,
  { mailer, publicUrl }: { readonly mailer: Mailer; readonly publicUrl: string },
): Job[] => [
  {
    name: 'feedback.confirm_message',
    async run({ caseId = '' }) {
      const found = await findCase(db, caseId);
      if (!found?.dataKey || !found.content || clock.now().getTime() - Date.parse(found.shown.receivedAt) > CONFIRMED_WITHIN_MS) return;
      const phone = sealOf(keyRing, caseId, found.dataKey).openContent(found.content).contact?.phone;
      const { language, reference } = found.shown;
      if (phone) await sendText({ to: phone, text: confirmations[language](reference), reference: caseId });
    },
  },
  {
    name: 'feedback.send_outcome',
    async run({ tellingId = '' }) {
      const found = await findTelling(db, tellingId);
      if (!found || found.isSettled) return;
      const message = await messageOf(db, keyRing, found);
      if (message) await sendText({ ...message, reference: tellingId });
      await execute(noteTold, { tellingId, wasSent: message !== undefined }, { actor: system });
    },
  },
  {
    name: 'feedback.mail_escalation',
    async run({ caseId = '', of = '', level = '' }) {
      if (of !== 'acknowledge' && of !== 'resolve') return;
      // What was done meanwhile is not asked for any more.
      for (const { userId, email, language, reference } of await recipientsOf(db, { caseId, of, level: Number(level) }, clock.now()))
        await mailer.send({ to: email, reference: `${caseId}-${of}-${level}-${userId}`, ...mails[language](reference, publicUrl) });
    },
  },
  {
    name: 'feedback.escalate',
    everySeconds: 300,
    async run() {
      while ((await hasOverdue(db, clock.now())) && (await execute(escalate, {}, { actor: system })) > 0);
    },
  },
];
