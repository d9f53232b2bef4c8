import { system } from '../access/index.ts';
import type { Ground, Job } from '../platform/index.ts';
import { recordSending } from './commands.ts';
import type { Gateway } from './gateway.ts';
import { sendAll } from './sending.ts';
import { pendingMessages } from './store.ts';

/** Messages that are sent before their outcome is recorded: as many may be sent twice when a process dies. */
const BATCH = 50;

export const messagingJobs = ({ db, execute, keyRing, clock }: Ground, gateway: Gateway): Job[] => [
  {
    name: 'messaging.send_codes',
    async run({ listId = '' }) {
      let waiting = 0;
      let after: string | undefined;
      for (;;) {
        const messages = await pendingMessages(db, clock.now(), listId, after, BATCH);
        if (messages.length === 0) break;
        const sendings = await sendAll(keyRing, gateway, messages);
        await execute(recordSending, { listId, sendings }, { actor: system });
        waiting += sendings.filter(({ state, attempted }) => state === 'pending' && attempted).length;
        after = messages.at(-1)?.id;
      }
      // Failing is how a job is started again, each time after a longer pause.
      if (waiting > 0) throw new Error(`${waiting} messages have to be sent again`);
    },
  },
];
