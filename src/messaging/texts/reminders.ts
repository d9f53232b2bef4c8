import { system } from '../../access/index.ts';
import { command, eachInTurn, type Ground, type Job, problem } from '../../platform/index.ts';
import { scopeOfList } from '../../vouchers/index.ts';
import { sendingOf } from '../commands.ts';
import { insertReminders, listsToResume, programmesToRemind, resumeMessages } from './reminder-store.ts';

/** Reminders that one transaction makes at most. */
const BATCH = 2_000;

/** Makes reminders for vouchers of a programme that are about to run out, and puts them on their way. @returns how many */
export const makeReminders = command<{ readonly programmeId: string }, number>({
  name: 'messaging.make_reminders',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, now }, { programmeId }) {
    const made = await insertReminders(tx, now, programmeId, BATCH);
    return {
      result: made.reduce((sum, { reminders }) => sum + reminders, 0),
      subject: { type: 'programme', id: programmeId },
      after: made,
      followUps: made.map(({ listId }) => sendingOf(listId)),
    };
  },
});

/** Puts the messages of a list on their way that waited for a number to be confirmed, or for the morning. @returns how many */
export const resumePutOff = command<{ readonly listId: string }, number>({
  name: 'messaging.resume_put_off',
  async scope(db, { listId }) {
    const scope = await scopeOfList(db, listId);
    if (!scope) throw problem.not_found('There is no such record.');
    return scope;
  },
  async run({ tx, now }, { listId }) {
    const resumed = await resumeMessages(tx, now, listId);
    return { result: resumed, subject: { type: 'payment_list', id: listId }, after: { resumed }, followUps: [sendingOf(listId)] };
  },
});

/** The background work around texts: reminding, and going on with what was put off. */
export const textJobs = ({ db, execute, clock }: Ground): Job[] => [
  {
    name: 'messaging.remind',
    everySeconds: 600,
    async run() {
      await eachInTurn(await programmesToRemind(db, clock.now()), async (programme) => {
        let made: number;
        do made = await execute(makeReminders, programme, { actor: system });
        while (made === BATCH);
      });
    },
  },
  {
    name: 'messaging.resume',
    everySeconds: 60,
    async run() {
      await eachInTurn(await listsToResume(db, clock.now()), (list) => execute(resumePutOff, list, { actor: system }));
    },
  },
];
