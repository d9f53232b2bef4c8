import { canonicalJson, type Ground, minorUnits, problem, type Routes } from '../../platform/index.ts';
import { letIn } from '../files/door.ts';
import { contentOf, receiveFile } from '../files/receive.ts';
import { inWords } from '../people/rules.ts';
import { planById } from '../queries.ts';
import { say } from '../words.ts';
import { enterEmergency } from './commands.ts';
import { faultsInWords, faultsOfRows, placesOf, readEntries, rowsOf } from './reading.ts';

/** Of the keyed digests by which people who were sent are known. */
const PEOPLE = 'emergency-people';
/** As many faults are named when no row is right. */
const FAULTS_SHOWN = 100;

export const emergencyRoutes = ({ db, execute, keyRing }: Ground): Routes<'enterEmergency' | 'receiveEmergencyFile'> => ({
  async enterEmergency({ params, body: { dueOn, people }, ...call }) {
    const content = contentOf(keyRing, PEOPLE, canonicalJson(people));
    const { entered, refused } = await execute(enterEmergency(people), { ...params, dueOn, source: 'rows', content }, call);
    return { entered, refused: inWords(refused, call.language) };
  },
  async receiveEmergencyFile({ params, query: { dueOn }, body, ...call }) {
    await letIn(db, call.actor, 'assistance.enter_emergency', params.planId, 'emergency_cash');
    const { currency } = await planById(db, params.planId);
    const { written, content } = await receiveFile(body, keyRing, PEOPLE, rowsOf);
    const { read, faults } = readEntries(written, minorUnits(currency));
    if (read.length === 0) throw problem.unprocessable(say('file_rows_wrong'), {}, placesOf(faults.slice(0, FAULTS_SHOWN)));
    const people = read.map(({ entry }) => entry);
    const { entered, refused } = await execute(enterEmergency(people), { ...params, dueOn, source: 'file', content }, call);
    return {
      enteredCount: entered.length,
      faults: faultsInWords(
        [...faults, ...faultsOfRows(read, refused)].sort((one, other) => one.row - other.row),
        call.language,
      ),
    };
  },
});
