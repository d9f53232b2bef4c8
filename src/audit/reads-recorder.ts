import { raiseAlert } from '../access/index.ts';
import {
  type Clock,
  type CommandPorts,
  type Database,
  Gathering,
  type PersonRead,
  purposeNeeded,
  type ReadRecorder,
  type Tx,
} from '../platform/index.ts';
import { type Crossing, differentPeople, insertReads, type ReadPlaces } from './reads-store.ts';

export interface ReadRules {
  readonly places: ReadPlaces;
  /** Whether everybody has to say what they read people for, in every programme. */
  readonly demandsAll: boolean;
  /** Above so many people shown to one reader in an hour an alert is raised. */
  readonly peoplePerHour: number;
}

/** So many readings are kept in one transaction at most. */
const GROUP = 500;

/**
 * Makes the one writer of the record of who read whom. It is no command: a command's event says that something was done, and this record is
 * itself what is to be proved. Whom a command shows is kept in its own transaction. Other readings that come at the same time share one, and
 * each caller waits for their own to be committed; while one group is being written the next gathers.
 */
export function readRecorder(database: Database, clock: Clock, rules: ReadRules): ReadRecorder & Pick<CommandPorts, 'recordReads'> {
  const gathering = new Gathering<PersonRead, boolean>((reads) => database.transaction((tx) => keep(tx, clock.now(), reads, rules)), {
    most: GROUP,
  });
  return {
    async record(reads) {
      const outcomes = await Promise.allSettled(reads.map((read) => gathering.join(read)));
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') throw outcome.reason;
        if (!outcome.value) throw purposeNeeded();
      }
    },
    async recordReads(tx, now, reads) {
      await keep(tx, now, reads, rules);
    },
  };
}

async function keep(tx: Tx, now: Date, reads: readonly PersonRead[], rules: ReadRules): Promise<boolean[]> {
  const { kept, crossings } = await insertReads(tx, now, reads, rules);
  for (const crossing of crossings) await raise(tx, now, crossing, rules.peoplePerHour);
  return kept;
}

async function raise(tx: Tx, now: Date, { actorId, people }: Crossing, limit: number): Promise<void> {
  await raiseAlert(tx, now, {
    kind: 'audit.many_people_read',
    subject: { type: 'user', id: actorId },
    by: actorId,
    facts: { reads: people, people: await differentPeople(tx, now, actorId), limit },
  });
}
