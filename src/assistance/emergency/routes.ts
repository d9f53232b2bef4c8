import { canonicalJson, type Ground, minorUnits, problem, type Routes } from '../../platform/index.ts';
import { letIn } from '../files/door.ts';
import { contentOf, receiveFile } from '../files/receive.ts';
import { planById } from '../queries.ts';
import { enterEmergency } from './commands.ts';
import { faultsOfRows, readEntries, rowsOf } from './reading.ts';

/** Of the keyed digests by which people who were sent are known. */
const PEOPLE = 'emergency-people';
/** As many faults are named when no row is right. */
const FAULTS_SHOWN = 100;

export const emergencyRoutes = ({ db, execute, keyRing }: Ground): Routes<'enterEmergency' | 'receiveEmergencyFile'> => ({
  enterEmergency({ params, body: { dueOn, people }, ...call }) {
    const content = contentOf(keyRing, PEOPLE, canonicalJson(people));
    return execute(enterEmergency(people), { ...params, dueOn, source: 'rows', content }, call);
  },
  async receiveEmergencyFile({ params, query: { dueOn }, body, ...call }) {
    await letIn(db, call.actor, 'assistance.enter_emergency', params.planId, 'emergency_cash');
    const { currency } = await planById(db, params.planId);
    const { written, content } = await receiveFile(body, keyRing, PEOPLE, rowsOf);
    const { read, faults } = readEntries(written, minorUnits(currency));
    if (read.length === 0) throw problem.unprocessable('No row of the file is right.', {}, faults.slice(0, FAULTS_SHOWN));
    const people = read.map(({ entry }) => entry);
    const { entered, refused } = await execute(enterEmergency(people), { ...params, dueOn, source: 'file', content }, call);
    return {
      enteredCount: entered.length,
      faults: [...faults, ...faultsOfRows(read, refused)].sort((one, other) => one.row - other.row),
    };
  },
});
