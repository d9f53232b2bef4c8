import { command } from '../../platform/index.ts';
import { raiseAlertOnce } from '../alerts.ts';

const DAY_MS = 86_400_000;

/** Notes that a mailbox took no e-mail: its address may be wrong, and whoever it belongs to waits for a link. */
export const noteRefusedMail = command<{ userId: string }, undefined>({
  name: 'access.note_refused_mail',
  scope: () => ({}),
  async run({ tx, now }, { userId }) {
    const subject = { type: 'user', id: userId };
    await raiseAlertOnce(tx, now, DAY_MS, { kind: 'access.mail_refused', subject });
    return { result: undefined, subject };
  },
});
