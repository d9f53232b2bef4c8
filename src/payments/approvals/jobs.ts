import { system } from '../../access/index.ts';
import { eachInTurn, type Ground, type Job, type Mailer } from '../../platform/index.ts';
import { remindSigners } from './remind.ts';
import { programmesToRemind, reminderToSend } from './reminder-store.ts';
import { reminderText } from './reminder-texts.ts';

/** Reminds people of what waits for their signature. @param post how mail is sent, and where people sign in */
export const approvalJobs = ({ db, execute, clock }: Ground, post: { readonly mailer: Mailer; readonly publicUrl: string }): Job[] => [
  {
    name: 'payments.remind_signers',
    everySeconds: 3_600,
    async run() {
      const programmes = await programmesToRemind(db, clock.now());
      await eachInTurn(programmes, ({ programmeId }) => execute(remindSigners, { programmeId }, { actor: system }));
    },
  },
  {
    name: 'payments.send_reminder',
    async run({ reminderId = '' }) {
      // What was signed meanwhile is not asked for any more.
      const reminder = await reminderToSend(db, reminderId, clock.now());
      if (!reminder) return;
      await post.mailer.send({ to: reminder.email, reference: reminder.id, ...reminderText(reminder, post.publicUrl) });
    },
  },
];
