import { type ExportLimits, holdExports, type NewListExport, type RequestedExport, requestExport } from '../../beneficiaries/index.ts';
import { type Command, command, dateIn, problem } from '../../platform/index.ts';
import { paymentProblem } from '../problems.ts';
import { listById, termsOf } from '../queries.ts';
import { say } from '../words.ts';
import type { listColumns } from './columns.ts';
import { fileFaults } from './rules.ts';
import { totalsToPay } from './store.ts';

/** What somebody asks for of a list. */
export type AskedListExport = Omit<NewListExport, 'programmeId'>;

/** Of a message: what it tells of a person, so that the record of the export says so. */
const inMessage: readonly (keyof typeof listColumns)[] = [
  'serial',
  'registrationNumber',
  'collectorName',
  'amount',
  'currency',
  'wilaya',
  'commune',
];

/**
 * Has the file of a released list written for a partner who pays from it: an export of people like any other.
 * @throws not_found; conflict when it is not released; unprocessable; paid_by_code when a bank would pay what codes are sent for; nothing_to_pay when no line is still to be paid; as requestExport
 */
export const exportList = (limits: ExportLimits): Command<AskedListExport, RequestedExport> =>
  command({
    name: 'payments.export_list',
    scope: async (db, { listId }) => ({ programme: (await listById(db, listId)).programmeId }),
    async run(context, asked) {
      const { tx, now } = context;
      const list = await listById(tx, asked.listId);
      const { programmeId, state } = list;
      const { programme } = await termsOf(tx, list);
      const faults = fileFaults(asked, dateIn(programme.timeZone, now));
      if (faults.length > 0) throw problem.unprocessable(say('file_unfit'), {}, faults);
      if (state !== 'released') throw problem.conflict(say('file_of_released', { state: say(`list_state_${state}`) }), { state });
      if (asked.format === 'pain001' && programme.messages.codesBySms) throw paymentProblem.paid_by_code(say('codes_sent'));
      await holdExports(tx, programmeId);
      const people = (await totalsToPay(tx, asked.listId)).reduce((all, fund) => all + fund.people, 0);
      if (people === 0) throw paymentProblem.nothing_to_pay(say('no_line_to_pay'));
      const fields = asked.format === 'pain001' ? [...inMessage] : asked.fields;
      return requestExport(context, limits, { ...asked, programmeId, fields }, people);
    },
  });
