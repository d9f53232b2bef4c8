import { command, problem } from '../platform/index.ts';
import { existingFile, refuseEmptied, registrationFileScope } from './existing-file.ts';
import { abandonCheck, beginCheck, beginRun, continueHouseholds, endRun, type StoredFile } from './file-store.ts';
import { noFindings } from './findings.ts';
import { duplicatesWithinLimit } from './too-many-duplicates.ts';
import { say } from './words.ts';

type FileCommand = { readonly fileId: string };
/** With whether the people of the file may join households that another source has begun; what was said before stands where it is not said. */
type StartCommand = FileCommand & { readonly continuesHouseholds?: boolean | undefined };

const subject = (fileId: string) => ({ type: 'registration_file', id: fileId });

function refuseUnsettled({ mapping, file }: StoredFile): void {
  if (!mapping) throw problem.unprocessable(say('columns_undecided'), {}, file.unsettled);
}

/**
 * Starts a dry run: every row is read and compared, and nobody is entered.
 * @throws conflict when the rows are being entered or were; unprocessable when columns are undecided
 */
export const startCheck = command<StartCommand, StoredFile>({
  name: 'intake.check_file',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx }, { fileId, continuesHouseholds }) {
    const before = await existingFile(tx, fileId);
    refuseEmptied(before);
    if (!['received', 'checking', 'checked'].includes(before.file.state)) throw problem.conflict(say('file_entered'));
    refuseUnsettled(before);
    if (before.file.state === 'checking') return { result: before, subject: subject(fileId) };
    if (continuesHouseholds !== undefined) await continueHouseholds(tx, fileId, continuesHouseholds);
    const stored = await beginCheck(tx, fileId, noFindings);
    const followUps = [{ job: 'intake.check_file', payload: { fileId } }];
    return { result: stored, subject: subject(fileId), before: before.file.state, after: stored.file.state, followUps };
  },
});

/**
 * Starts the run, or goes on with one that was cancelled or has stopped.
 * @throws conflict when the file is at its end; too_many_duplicates when the dry run found too many, or a file that has stopped still has;
 * unprocessable when columns are undecided
 */
export const startRun = command<StartCommand, StoredFile>({
  name: 'intake.run_file',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx }, { fileId, continuesHouseholds }) {
    const before = await existingFile(tx, fileId);
    const { state } = before.file;
    refuseEmptied(before);
    if (state === 'running') return { result: before, subject: subject(fileId) };
    if (state === 'checking') throw problem.conflict(say('dry_run_under_way'));
    if (state === 'done') throw problem.conflict(say('run_ended'));
    refuseUnsettled(before);
    if (continuesHouseholds !== undefined) await continueHouseholds(tx, fileId, continuesHouseholds);
    const stored = await beginRun(tx, before, await duplicatesWithinLimit(tx, before));
    const followUps = [{ job: 'intake.run_file', payload: { fileId } }];
    return { result: stored, subject: subject(fileId), before: state, after: stored.file.state, followUps };
  },
});

/**
 * Ends what goes on with a file, before its next batch. A dry run leaves nothing; people whom a run has entered stay and are counted.
 * @throws conflict when nothing goes on
 */
export const cancelFile = command<FileCommand, StoredFile>({
  name: 'intake.cancel_file',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx, now }, { fileId }) {
    const before = await existingFile(tx, fileId);
    const { state } = before.file;
    if (state !== 'checking' && state !== 'running') throw problem.conflict(say('nothing_goes_on'));
    const stored = state === 'checking' ? await abandonCheck(tx, fileId) : await endRun(tx, fileId, 'cancelled', now);
    return { result: stored, subject: subject(fileId), before: state, after: stored.file.state };
  },
});
