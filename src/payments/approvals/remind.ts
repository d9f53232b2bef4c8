import { command } from '../../platform/index.ts';
import { insertReminders } from './reminder-store.ts';

/** People who are reminded by one transaction at most. */
const AT_A_TIME = 200;

/** Reminds whoever is awaited in a programme, once a day at most. @returns how many */
export const remindSigners = command<{ readonly programmeId: string }, number>({
  name: 'payments.remind_signers',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, now }, { programmeId }) {
    const reminders = await insertReminders(tx, programmeId, now, AT_A_TIME);
    return {
      result: reminders.length,
      subject: { type: 'programme', id: programmeId },
      after: { reminders },
      followUps: reminders.map((reminderId) => ({ job: 'payments.send_reminder', payload: { reminderId } })),
    };
  },
});
